import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { type Deployment, defaultDeployment } from "./deployment.ts";
import { RegistryStack } from "./registry-stack.ts";
import { TellurionStack } from "./tellurion-stack.ts";

type Template = Readonly<Record<string, unknown>>;

export const committedFolder = new URL("templates/", import.meta.url);

/** The templates that are committed, by name. */
export function makeTemplates(): ReadonlyMap<string, string> {
  const app = checkedApp();
  new RegistryStack(app, "registry");
  const forms = ["messages", "all-in-one", "split"] as const;
  for (const form of forms) new TellurionStack(app, form, { ...defaultDeployment, form });
  return new Map(
    app.synth().stacks.map(({ stackName, template }) => [stackName, textOf(template)]),
  );
}

/** An app whose synthesis fails for what cdk-nag finds. */
export function checkedApp(): App {
  const app = new App({ analyticsReporting: false });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

export function makeTemplate(deployment: Deployment): Template {
  const app = checkedApp();
  new TellurionStack(app, "world", deployment);
  return app.synth().getStackByName("world").template;
}

function textOf(template: unknown): string {
  return `${JSON.stringify(template, null, 1)}\n`;
}
