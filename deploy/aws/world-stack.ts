import { BootstraplessSynthesizer, CfnParameter, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** A stack that can be deployed as it is written, without CDK: it needs no bucket and no account to be named in it. */
export abstract class WorldStack extends Stack {
  /** Begins all names. */
  readonly prefix: string;

  constructor(scope: Construct, id: string, description: string) {
    super(scope, id, {
      description,
      synthesizer: new BootstraplessSynthesizer(),
      analyticsReporting: false,
    });
    this.prefix = new CfnParameter(this, "Prefix", {
      description: "Begins the names of all that belongs to the world: tellurion-NAME",
      default: "tellurion-sample",
      allowedPattern: "^[a-z][a-z0-9-]{0,31}$",
    }).valueAsString;
  }
}
