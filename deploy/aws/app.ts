import { App } from "aws-cdk-lib";
import { readDeployment } from "./deployment.ts";
import { RegistryStack } from "./registry-stack.ts";
import { TellurionStack } from "./tellurion-stack.ts";

/** For `cdk deploy`, with what is wanted as `--context`: docs/deploy.md. */
const app = new App();
new RegistryStack(app, "registry");
new TellurionStack(
  app,
  "world",
  readDeployment((name) => app.node.tryGetContext(name)),
);
app.synth();
