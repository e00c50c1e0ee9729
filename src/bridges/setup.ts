import type { AwsClients } from "./aws-clients.ts";
import { ExistingResources } from "./existing-resources.ts";
import { type Resource, type ResourceWishes, resourcesOf } from "./resources.ts";
import { type Attributes, attributesOf, differences } from "./settings.ts";

/** What is done about one resource. */
export interface SetupStep {
  readonly resource: Resource;
  readonly action: "create" | "change" | "leave";
  /** What is set, by name. */
  readonly attributes: Attributes;
  /** What it was set to before. */
  readonly before: Attributes;
}

/** Where the resources are of which others need to know. */
export interface SetupResult {
  readonly steps: readonly SetupStep[];
  readonly topicArn: string;
  /** By name. */
  readonly queueUrls: ReadonlyMap<string, string>;
}

/** What has to be done so that all resources are as wished. Only reads. Throws INVALID_OPTION and UNAVAILABLE. */
export async function planSetup(wishes: ResourceWishes, clients: AwsClients): Promise<SetupStep[]> {
  const resources = resourcesOf(wishes);
  return stepsOf(resources, await ExistingResources.read(resources, clients));
}

/**
 * Makes what is missing and changes what differs, so that a second time there is nothing to do. What is there under
 * other names, or set otherwise than mentioned, is left alone. Throws INVALID_OPTION and UNAVAILABLE; what was done by
 * then stays, and the next time goes on from there.
 */
export async function setUp(wishes: ResourceWishes, clients: AwsClients): Promise<SetupResult> {
  const resources = resourcesOf(wishes);
  const existing = await ExistingResources.read(resources, clients);
  const steps = stepsOf(resources, existing);
  for (const { resource, action, attributes } of steps) {
    if (action === "change") await existing.change(resource, attributes);
    // The ARNs that its settings name are known for sure only now.
    if (action === "create") await existing.create(resource, settingsNow(resource, existing));
  }
  const [topic] = resources;
  return {
    steps,
    topicArn: existing.arnOf(topic?.name ?? ""),
    queueUrls: existing.queueUrls,
  };
}

function stepsOf(resources: readonly Resource[], existing: ExistingResources): SetupStep[] {
  return resources.map((resource) => {
    const before = existing.settingsOf(resource);
    if (before === undefined) {
      const attributes = settingsNow(resource, existing);
      return { resource, action: "create", attributes, before: {} };
    }
    const wanted = resource.settings((name) => existing.arnOf(name));
    const attributes = differences(before, wanted);
    const action = Object.keys(attributes).length > 0 ? "change" : "leave";
    return { resource, action, attributes, before };
  });
}

function settingsNow(resource: Resource, existing: ExistingResources): Attributes {
  return attributesOf(resource.settings((name) => existing.arnOf(name)));
}
