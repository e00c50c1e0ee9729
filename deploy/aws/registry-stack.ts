import { RemovalPolicy } from "aws-cdk-lib";
import { Repository, TagMutability } from "aws-cdk-lib/aws-ecr";
import type { Construct } from "constructs";
import { WorldStack } from "./world-stack.ts";

/** Where the server's images are: before everything else, for a service cannot begin without an image. */
export class RegistryStack extends WorldStack {
  constructor(scope: Construct, id: string) {
    super(scope, id, "Images of a Tellurion world's server");
    new Repository(this, "Images", {
      repositoryName: this.prefix,
      imageScanOnPush: true,
      // What a tag names never changes: to roll back is to name an older one.
      imageTagMutability: TagMutability.IMMUTABLE,
      lifecycleRules: [{ description: "The last ten are kept", maxImageCount: 10 }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
