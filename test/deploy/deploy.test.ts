import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parts } from "../../deploy/aws/services.ts";
import { type Cloud, type Run, runDeploy } from "./fake-tools.ts";

const image = "111.dkr.ecr.eu-central-1.amazonaws.com/tellurion-sample:v2";
const asked = ["--region", "eu-central-1", "--tag", "v2", "--health-spacing-ms", "0"];
const describeStack = "aws cloudformation describe-stacks";
const deployRegistry = "aws cloudformation deploy --stack-name tellurion-sample-registry";
const deployWorld = "aws cloudformation deploy --stack-name tellurion-sample ";
const newTemplate = resolve(import.meta.dirname, "../../deploy/aws/templates/all-in-one.json");
const deployNewWorld = `${deployWorld}--template-file ${newTemplate}`;
const noStack = { command: describeStack, errors: "Stack with id tellurion-sample does not exist" };

const taskOf = (name: string, health = "HEALTHY", its = image): object => ({
  group: `service:tellurion-sample-${name}`,
  health,
  image: its,
});
const before = {
  StackStatus: "UPDATE_COMPLETE",
  Parameters: [
    { ParameterKey: "Prefix", ParameterValue: "tellurion-sample" },
    { ParameterKey: "Image", ParameterValue: "111/tellurion-sample:v1" },
  ],
};

/** A cloud in which a world runs already, and the new one is well. */
function cloudWith(cloud: Cloud = {}, tasks: readonly object[] = [taskOf("world")]): Cloud {
  return {
    failing: cloud.failing ?? [],
    answers: {
      "aws sts": "111",
      [describeStack]: JSON.stringify(before),
      "aws cloudformation get-template": JSON.stringify({ Description: "the world before" }),
      "aws ecr get-login-password": "sesame",
      "aws ecs list-tasks": "arn:1",
      "aws ecs describe-tasks": JSON.stringify(tasks),
      ...cloud.answers,
    },
  };
}

const verbs = (run: Run): string[] =>
  run.calls.map((call) => {
    const [tool, ...words] = call.split(" ");
    return [tool, ...words.slice(0, tool === "aws" ? 2 : 1)].join(" ");
  });

const prepared = [
  "aws sts get-caller-identity",
  "aws cloudformation describe-stacks",
  "aws cloudformation get-template",
  "aws cloudformation deploy",
  "aws ecr get-login-password",
  "docker login",
  "docker build",
  "docker push",
];
const deployed = [
  ...["aws cloudformation deploy", "aws ecs wait"],
  ...["aws ecs list-tasks", "aws ecs describe-tasks"],
];

test("a deployment builds, pushes, deploys, waits and looks whether the world is well", () => {
  const run = runDeploy([...asked, "--parameter", "AlarmTopicArn=arn:mine"], cloudWith());
  expect(run).toMatchObject({ code: 0, errors: "" });
  expect(verbs(run)).toEqual([...prepared, ...deployed]);
  expect(run.inputs).toEqual(["sesame"]);
  expect(run.output).not.toContain("sesame");
  const [, build] = run.calls.filter((call) => /^docker (login|build)/.test(call));
  expect(build).toMatch(new RegExp(`--platform linux/arm64 --file .*/Dockerfile --tag ${image} /`));
  const deploy = run.calls.find((call) => call.startsWith(deployWorld));
  const values = `Prefix=tellurion-sample Image=${image} AlarmTopicArn=arn:mine`;
  expect(deploy?.endsWith(`--parameter-overrides ${values}`)).toBe(true);
  expect(JSON.parse(run.templates[1] ?? "")).toHaveProperty("Parameters.Image");
  expect(run.output.trim().split("\n").at(-1)).toBe("deployed tellurion-sample with v2");
});

test("a split world is deployed from a bucket, and all nine parts must be well", () => {
  const split = [...asked, "--form", "split", "--s3-bucket", "my-templates"];
  const all = parts.map((part) => taskOf(part));
  const run = runDeploy(split, cloudWith({}, all));
  expect(run.code).toBe(0);
  const deploy = run.calls.find((call) => call.startsWith(deployWorld));
  expect(deploy).toContain("split.json");
  expect(deploy).toContain("--s3-bucket my-templates");
  const waiting = run.calls.find((call) => call.startsWith("aws ecs wait"));
  for (const part of parts) expect(waiting).toContain(` tellurion-sample-${part}`);

  const lacking = runDeploy([...split, "--health-attempts", "1"], cloudWith({}, all.slice(1)));
  expect(lacking.code).toBe(1);
  expect(lacking.output).toContain("not well after 1 looks: tellurion-sample-clock");
});

describe("when a step fails before the world is touched, nothing is undone:", () => {
  test.each([
    ["aws sts", 1],
    [describeStack, 2],
    ["aws cloudformation get-template", 3],
    [deployRegistry, 4],
    ["aws ecr", 5],
    ["docker login", 6],
    ["docker build", 7],
    ["docker push", 8],
  ])("%s", (command, calls) => {
    const run = runDeploy(asked, cloudWith({ failing: [{ command }] }));
    expect(run.code).toBe(1);
    expect(verbs(run)).toEqual(prepared.slice(0, calls));
    expect(run.output).toMatch(/^failed: .*: ended with 254\nrefused$/m);
    expect(run.output).toContain("nothing was deployed, and nothing has to be undone");
  });
});

describe("when a step fails later, the world is deployed as it was before:", () => {
  test.each([
    ["the deployment", deployNewWorld, deployed.slice(0, 1)],
    ["the wait", "aws ecs wait", deployed.slice(0, 2)],
    ["the list of tasks", "aws ecs list-tasks", deployed.slice(0, 3)],
    ["the state of tasks", "aws ecs describe-tasks", deployed],
  ])("%s", (_, command, until) => {
    const run = runDeploy(asked, cloudWith({ failing: [{ command }] }));
    expect(run.code).toBe(1);
    expect(verbs(run)).toEqual([...prepared, ...until, "aws cloudformation deploy"]);
    expect(run.templates.at(-1)).toBe('{"Description":"the world before"}');
    expect(run.calls.at(-1)).toMatch(/ Prefix=tellurion-sample Image=111\/tellurion-sample:v1$/);
    expect(run.output.trim().split("\n").at(-1)).toBe("tellurion-sample is as it was before");
  });

  test("a task that is not well ends it at once", () => {
    const run = runDeploy(asked, cloudWith({}, [taskOf("world", "UNHEALTHY")]));
    expect(run.code).toBe(1);
    expect(run.calls.filter((call) => call.startsWith("aws ecs list-tasks"))).toHaveLength(1);
    expect(run.output).toContain("a task is not well: service:tellurion-sample-world");
  });

  test.each([
    ["has the image of before", taskOf("world", "HEALTHY", "111/tellurion-sample:v1")],
    ["is not known to be well", taskOf("world", "UNKNOWN")],
  ])("a task that %s is looked at again, a bounded number of times", (_, task) => {
    const run = runDeploy([...asked, "--health-attempts", "3"], cloudWith({}, [task]));
    expect(run.code).toBe(1);
    expect(run.calls.filter((call) => call.startsWith("aws ecs list-tasks"))).toHaveLength(3);
    expect(run.output).toContain("not well after 3 looks: tellurion-sample-world");
  });
});

test("a first deployment that fails is taken away again", () => {
  const failing = [noStack, { command: "aws ecs wait" }];
  const run = runDeploy(asked, cloudWith({ failing }));
  expect(run.code).toBe(1);
  expect(run.calls.slice(-2)).toEqual([
    "aws cloudformation delete-stack --stack-name tellurion-sample",
    "aws cloudformation wait stack-delete-complete --stack-name tellurion-sample",
  ]);
  expect(run.output).toContain("tellurion-sample was taken away: there was none before");
});

test("what cannot be undone is said, with a code of its own", () => {
  const run = runDeploy(asked, cloudWith({ failing: [{ command: deployWorld }] }));
  expect(run.code).toBe(3);
  expect(run.output).toContain("could not go back: aws --region eu-central-1 cloudformation");
});

test("a stack that cannot be changed is left alone", () => {
  const answers = { [describeStack]: JSON.stringify({ StackStatus: "ROLLBACK_COMPLETE" }) };
  const run = runDeploy(asked, cloudWith({ answers }));
  expect(run.code).toBe(1);
  expect(run.calls).toHaveLength(2);
  expect(run.output).toContain("stack=tellurion-sample state=ROLLBACK_COMPLETE; valid: ");
});

test("a world whose template is too large to go back to without a bucket is left alone", () => {
  const template = JSON.stringify({ Description: "x".repeat(51_200) });
  const answers = { "aws cloudformation get-template": template };
  const run = runDeploy(asked, cloudWith({ answers }));
  expect(run.code).toBe(1);
  expect(run.calls).toHaveLength(3);
  expect(run.output).toContain("failed: --s3-bucket is missing");
});

test("a dry run prints every command, and runs none", () => {
  const real = runDeploy(asked, cloudWith());
  const dry = runDeploy([...asked, "--dry-run"], {});
  expect(dry).toMatchObject({ code: 0, calls: [] });
  const printed = (run: Run): string[] =>
    run.output
      .split("\n")
      .filter((line) => line.startsWith("$ "))
      .map((line) => line.split(" ").slice(0, 6).join(" "));
  const forReal = printed(real).map((line) => line.replace("111.", "ACCOUNT."));
  expect(printed(dry).slice(0, forReal.length)).toEqual(forReal);
  const [back, ...others] = printed(dry).slice(forReal.length);
  expect(others).toEqual([]);
  expect(back).toBe("$ aws --region eu-central-1 cloudformation deploy");
  expect(dry.output).not.toContain("deployed");
  expect(dry.output.trim().endsWith("a dry run: no command was run")).toBe(true);
});

test("a tool that is not there is named", () => {
  const run = runDeploy(asked, cloudWith(), ["aws"]);
  expect(run.code).toBe(1);
  expect(run.output).toMatch(/^failed: docker login .* spawn docker ENOENT$/m);
});

test.each([
  [["--tag", "v2"], "--region is missing"],
  [["--region", "eu-central-1"], "--tag is missing"],
  [[...asked, "--region", "mars"], "--region=mars; valid: a region"],
  [[...asked, "--tag", "a b"], "--tag=a b; valid: 1 to 128"],
  [[...asked, "--prefix", "Big"], "--prefix=Big; valid: "],
  [[...asked, "--form", "half"], "--form=half; valid: all-in-one, split"],
  [[...asked, "--form", "split"], "--s3-bucket is missing"],
  [[...asked, "--parameter", "Image=other"], "--parameter=Image=other; valid: KEY=VALUE"],
  [[...asked, "--health-attempts", "0"], "--health-attempts=0; valid: 1 to 9999"],
  [[...asked, "--loud"], "--loud"],
])("options that are not valid are refused: %j", (args, said) => {
  const run = runDeploy(args, {});
  expect(run).toMatchObject({ code: 2, calls: [] });
  expect(run.errors).toMatch(/^INVALID_OPTION /);
  expect(run.errors).toContain(said);
});
