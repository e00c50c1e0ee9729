import { readFileSync } from "node:fs";

/** A resource with what CloudFormation fills in already filled in. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
}

// biome-ignore lint/suspicious/noExplicitAny: templates are JSON of many shapes, and the tests look into all of them.
export type Properties = any;

export interface Statement {
  readonly Effect: string;
  readonly Principal?: Properties | string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Properties;
}

export const templateNames = ["messages", "all-in-one", "split"] as const;

/** As CloudFormation will read it, for the world `tellurion-sample`. */
export function readTemplate(name: string): {
  readonly text: string;
  readonly resources: readonly Resource[];
  ofType(type: string): readonly Resource[];
} {
  const file = new URL(`../../deploy/aws/templates/${name}.json`, import.meta.url);
  const text = readFileSync(file, "utf8");
  const template = JSON.parse(text);
  const resources = Object.entries<Properties>(template.Resources).map(([id, resource]) => ({
    id,
    type: String(resource.Type),
    properties: fill(resource.Properties ?? {}, template) as Properties,
  }));
  return { text, resources, ofType: (type) => resources.filter((each) => each.type === type) };
}

const pseudo: Readonly<Record<string, string>> = {
  "AWS::Partition": "aws",
  "AWS::Region": "here",
  "AWS::AccountId": "account",
  "AWS::NoValue": "",
};

function fill(value: unknown, template: Properties): unknown {
  if (Array.isArray(value)) return value.map((each) => fill(each, template));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Properties;
  if (Object.keys(fields).length === 1) {
    if ("Ref" in fields) return reference(fields.Ref, template);
    if ("Fn::GetAtt" in fields) return attribute(fields["Fn::GetAtt"], template);
    if ("Fn::Join" in fields) {
      const [between, parts] = fields["Fn::Join"];
      return parts.map((part: unknown) => fill(part, template)).join(between);
    }
    if ("Fn::If" in fields) return fill(fields["Fn::If"][1], template);
  }
  return Object.fromEntries(
    Object.entries(fields).map(([name, each]) => [name, fill(each, template)]),
  );
}

function reference(id: string, template: Properties): unknown {
  if (id in pseudo) return pseudo[id];
  if (id in template.Parameters) return template.Parameters[id].Default ?? `<${id}>`;
  const { Type, Properties: properties } = template.Resources[id];
  if (Type === "AWS::SNS::Topic") return `topic:${fill(properties.TopicName, template)}`;
  if (Type === "AWS::SQS::Queue") return `url:${fill(properties.QueueName, template)}`;
  return id;
}

function attribute([id, name]: [string, string], template: Properties): unknown {
  const { Type, Properties: properties } = template.Resources[id];
  if (Type !== "AWS::SQS::Queue") return `${id}.${name}`;
  const queue = fill(properties.QueueName, template);
  return name === "Arn" ? `arn:aws:sqs:here:account:${queue}` : queue;
}

/** All statements of a template's policies, with the resource that they stand in. */
export function statementsOf(resources: readonly Resource[]): [Resource, Statement][] {
  const found: [Resource, Statement][] = [];
  const look = (resource: Resource, value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("Statement" in value && Array.isArray(value.Statement)) {
      for (const statement of value.Statement) found.push([resource, statement]);
    }
    for (const each of Object.values(value)) look(resource, each);
  };
  for (const resource of resources) look(resource, resource.properties);
  return found;
}

/** `sns:Publish on topic`, one text for each action and resource, in their order. */
export function grantsOf(statements: readonly Statement[]): readonly string[] {
  const grants = statements.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => [Resource].flat().map((on) => `${action} on ${on}`)),
  );
  return grants.sort();
}
