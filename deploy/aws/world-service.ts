import { Aws, Duration, RemovalPolicy, Size, Validations } from "aws-cdk-lib";
import {
  AvailabilityZoneRebalancing,
  AwsLogDriverMode,
  type Cluster,
  type ContainerDefinition,
  ContainerDependencyCondition,
  ContainerImage,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
  Secret as TaskSecret,
} from "aws-cdk-lib/aws-ecs";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { type Network, serverPort } from "./network.ts";

export interface WorldServiceOptions {
  readonly prefix: string;
  readonly image: string;
  /** The world pack that it runs. */
  readonly world: string;
  readonly cluster: Cluster;
  readonly network: Network;
  /** The part of the world that it runs. Undefined: all of it. */
  readonly part: string | undefined;
  readonly cpu: number;
  readonly memoryMb: number;
  readonly bridge: Record<string, unknown>;
  /** What it may do with topic and queues. */
  readonly statements: readonly PolicyStatement[];
  /** Image of the collector of traces. Undefined: there are none. */
  readonly collectorImage: string | undefined;
  /** The secret that callers' tokens are signed with. Undefined: the server is reached by nobody. */
  readonly jwtSecretArn: string | undefined;
}

/** The server has as long to end its frame, its journal and its packs before it is killed. */
const stopSeconds = 30;
/** Of it, for packs: what has not gone out by then is lost with the task. */
const drainMs = 20_000;
const dataFolder = "/data";
const configurationFolder = "/configuration";
const node = "node";

/** Writes what the server reads from files; the image has no shell to do it with. */
const writeConfiguration = [
  'const { writeFileSync } = require("node:fs");',
  "const { BRIDGE, JWT_SECRET } = process.env;",
  `writeFileSync("${configurationFolder}/bridge.json", BRIDGE);`,
  `if (JWT_SECRET) writeFileSync("${configurationFolder}/jwt-secret", JWT_SECRET, { mode: 0o600 });`,
].join(" ");

/** A world, or a part of it, as one Fargate task that is replaced when it fails. */
export class WorldService extends Construct {
  readonly service: FargateService;
  readonly name: string;
  readonly #options: WorldServiceOptions;
  readonly #logs: LogGroup;

  constructor(scope: Construct, id: string, options: WorldServiceOptions) {
    super(scope, id);
    const { prefix, part, cluster, network } = options;
    this.#options = options;
    this.name = `${prefix}-${part ?? "world"}`;
    this.#logs = new LogGroup(this, "Logs", {
      logGroupName: `/tellurion/${this.name}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const task = this.#task();
    this.service = new FargateService(this, "Service", {
      cluster,
      serviceName: this.name,
      taskDefinition: task,
      desiredCount: 1,
      // A world has one writer: the old task ends before the new one begins.
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      // To move a task between zones is to begin its world anew.
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.DISABLED,
      circuitBreaker: { enable: true, rollback: true },
      assignPublicIp: true,
      vpcSubnets: { subnets: network.vpc.publicSubnets },
      securityGroups: [network.securityGroup],
      enableECSManagedTags: true,
    });
  }

  #task(): FargateTaskDefinition {
    const { cpu, memoryMb } = this.#options;
    const task = new FargateTaskDefinition(this, "Task", {
      family: this.name,
      cpu,
      memoryLimitMiB: memoryMb,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      taskRole: this.#taskRole(),
      executionRole: this.#executionRole(),
      volumes: [{ name: "data" }, { name: "configuration" }],
    });
    Validations.of(task).acknowledge({
      id: "AwsSolutions-ECS2",
      reason: "What is in the variables is where queues are; secrets come from Secrets Manager.",
    });
    const configure = this.#configureContainer(task);
    const world = this.#worldContainer(task);
    world.addContainerDependencies({
      container: configure,
      condition: ContainerDependencyCondition.SUCCESS,
    });
    this.#collectorContainer(task);
    return task;
  }

  #configureContainer(task: FargateTaskDefinition): ContainerDefinition {
    const { image, bridge, jwtSecretArn } = this.#options;
    const container = task.addContainer("configure", {
      image: ContainerImage.fromRegistry(image),
      essential: false,
      readonlyRootFilesystem: true,
      entryPoint: [node, "-e", writeConfiguration],
      environment: { BRIDGE: JSON.stringify(bridge) },
      logging: this.#logging("configure"),
    });
    if (jwtSecretArn !== undefined) {
      const secret = Secret.fromSecretCompleteArn(this, "JwtSecret", jwtSecretArn);
      container.addSecret("JWT_SECRET", TaskSecret.fromSecretsManager(secret));
    }
    container.addMountPoints({
      sourceVolume: "configuration",
      containerPath: configurationFolder,
      readOnly: false,
    });
    return container;
  }

  #worldContainer(task: FargateTaskDefinition): ContainerDefinition {
    const { image, world, part, jwtSecretArn, collectorImage } = this.#options;
    const secretFile = `${configurationFolder}/jwt-secret`;
    const container = task.addContainer("world", {
      image: ContainerImage.fromRegistry(image),
      essential: true,
      readonlyRootFilesystem: true,
      command: [
        ...["--world", world, "--data", dataFolder, "--port", String(serverPort)],
        ...["--bridge", `${configurationFolder}/bridge.json`],
        ...["--limit", `bridgeDrainMs=${drainMs}`],
        // Parts would write the same metrics, all of the one world.
        ...(part === undefined ? ["--emf"] : ["--services", part]),
        ...(jwtSecretArn === undefined
          ? []
          : ["--host", "0.0.0.0", "--jwt-secret-file", secretFile]),
      ],
      ...(collectorImage !== undefined && {
        environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" },
      }),
      healthCheck: {
        command: ["CMD", node, "deploy/health-check.ts"],
        interval: Duration.seconds(30),
        timeout: Duration.seconds(5),
        retries: 3,
        startPeriod: Duration.seconds(60),
      },
      // In the same task, so that the world's file is still there.
      enableRestartPolicy: true,
      restartIgnoredExitCodes: [0],
      restartAttemptPeriod: Duration.seconds(60),
      stopTimeout: Duration.seconds(stopSeconds),
      logging: this.#logging("world"),
      ...(jwtSecretArn !== undefined && { portMappings: [{ containerPort: serverPort }] }),
    });
    container.addMountPoints(
      { sourceVolume: "data", containerPath: dataFolder, readOnly: false },
      { sourceVolume: "configuration", containerPath: configurationFolder, readOnly: true },
    );
    return container;
  }

  #collectorContainer(task: FargateTaskDefinition): void {
    const { collectorImage } = this.#options;
    if (collectorImage === undefined) return;
    task.addContainer("collector", {
      image: ContainerImage.fromRegistry(collectorImage),
      // The world goes on without its traces.
      essential: false,
      readonlyRootFilesystem: true,
      command: ["--config=/etc/ecs/ecs-xray.yaml"],
      memoryReservationMiB: 64,
      logging: this.#logging("collector"),
    });
  }

  #logging(container: string): LogDriver {
    // A log that is slow loses lines, and does not stop the world.
    const mode = AwsLogDriverMode.NON_BLOCKING;
    return LogDriver.awsLogs({
      logGroup: this.#logs,
      streamPrefix: container,
      mode,
      maxBufferSize: Size.mebibytes(4),
    });
  }

  #taskRole(): Role {
    const { statements, collectorImage } = this.#options;
    const traces = new PolicyStatement({
      actions: ["xray:PutTraceSegments"],
      resources: ["*"],
    });
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("ecs-tasks.amazonaws.com"),
      description: "What the server itself may do.",
      inlinePolicies: {
        Bridge: new PolicyDocument({
          statements: [...statements, ...(collectorImage === undefined ? [] : [traces])],
        }),
      },
    });
    if (collectorImage !== undefined) {
      Validations.of(role).acknowledge({
        id: "AwsSolutions-IAM5[Resource::*]",
        reason: "X-Ray has no resources to name.",
      });
    }
    return role;
  }

  /** What ECS does before the server runs: fetch its image, open its log. */
  #executionRole(): Role {
    const { prefix, part, jwtSecretArn } = this.#options;
    const repository = `arn:${Aws.PARTITION}:ecr:${Aws.REGION}:${Aws.ACCOUNT_ID}:repository/${prefix}`;
    const group = `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:/tellurion/${this.name}`;
    // cdk-nag writes what CloudFormation fills in by its name.
    const inFinding = `arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/tellurion/<Prefix>-${part ?? "world"}:log-stream:*`;
    const statements = [
      new PolicyStatement({ actions: ["ecr:GetAuthorizationToken"], resources: ["*"] }),
      new PolicyStatement({
        actions: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
        ],
        resources: [repository],
      }),
      new PolicyStatement({
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [`${group}:log-stream:*`],
      }),
      ...(jwtSecretArn === undefined
        ? []
        : [
            new PolicyStatement({
              actions: ["secretsmanager:GetSecretValue"],
              resources: [jwtSecretArn],
            }),
          ]),
    ];
    const role = new Role(this, "Execution", {
      assumedBy: new ServicePrincipal("ecs-tasks.amazonaws.com"),
      description: "What ECS may do to start the server.",
      inlinePolicies: { Start: new PolicyDocument({ statements }) },
    });
    Validations.of(role).acknowledge(
      {
        id: "AwsSolutions-IAM5[Resource::*]",
        reason: "A token for the registry cannot be restricted to a repository; its images are.",
      },
      {
        id: `AwsSolutions-IAM5[Resource::${inFinding}]`,
        reason: "The streams of one log group, named after tasks that do not exist yet.",
      },
    );
    // Otherwise CDK gives the role the same again, in a policy of its own.
    return role.withoutPolicyUpdates() as Role;
  }
}
