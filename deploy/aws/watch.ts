import { Aws, CfnCondition, Duration, Fn, Validations } from "aws-cdk-lib";
import {
  Alarm,
  type CfnAlarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Messages } from "./messages.ts";
import type { WorldService } from "./world-service.ts";

interface WatchOptions {
  readonly prefix: string;
  readonly messages: Messages;
  readonly worlds: readonly WorldService[];
  /** Topic to which alarms go; an empty text is none. */
  readonly alarmTopicArn: string;
  /** The world whose server writes metrics into its log. Undefined: none does. */
  readonly measured: string | undefined;
}

const eventAgeSecondsMax = 300;
const commandAgeSecondsMax = 60;
const memoryPercentMax = 85;
const outboxAgeMsMax = 60_000;

/** Alarms and the dashboard of a world. An alarm looks at all queues or tasks of a kind, so that there are few of them. */
export class Watch extends Construct {
  readonly #options: WatchOptions;
  readonly #hasTopic: CfnCondition;
  readonly alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, options: WatchOptions) {
    super(scope, id);
    this.#options = options;
    this.#hasTopic = new CfnCondition(this, "HasAlarmTopic", {
      expression: Fn.conditionNot(Fn.conditionEquals(options.alarmTopicArn, "")),
    });
    Validations.of(this).acknowledge({
      id: "CloudFormation-Validate::W1030",
      reason: "Where the topic's name is empty, the condition leaves the actions out.",
    });
    const { messages, worlds } = options;
    const events = [...messages.events.values()];
    const commands = [...messages.commands.values()];
    const minute = { period: Duration.minutes(1) };
    const waiting = (queue: Queue): IMetric =>
      queue.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "Maximum" });
    const age = (queue: Queue): IMetric =>
      queue.metricApproximateAgeOfOldestMessage({ ...minute, statistic: "Maximum" });
    const dead = events.map((queues) => waiting(queues.dead));
    const poison = events.map((queues) => waiting(queues.poison));
    const deadCommands = commands.map((queues) => waiting(queues.dead));
    const eventAge = events.map(({ queue }) => age(queue));
    const commandAge = commands.map(({ queue }) => age(queue));
    const undelivered = messages.topic.metricNumberOfNotificationsFailed(minute);

    this.#alarm("EventsDead", "Events that a service did not take", dead, 0);
    this.#alarm("EventsPoison", "Events that a service could not read", poison, 0);
    this.#alarm("CommandsDead", "Commands that the world did not take", deadCommands, 0);
    const late = "The oldest event has waited too long";
    this.#alarm("EventsLate", late, eventAge, eventAgeSecondsMax);
    const lateCommand = "The oldest command has waited too long";
    this.#alarm("CommandsLate", lateCommand, commandAge, commandAgeSecondsMax);
    this.#alarm("Undelivered", "SNS could not deliver to a queue", [undelivered], 0);
    if (worlds.length > 0) this.#watchTasks(worlds);
    const measured = options.measured === undefined ? {} : this.#watchOutbox(options.measured);
    this.#dashboard({
      ...measured,
      "Put aside": [...dead, ...poison, ...deadCommands],
      "Age of the oldest, in seconds": [...eventAge, ...commandAge],
      Messages: [
        messages.topic.metricNumberOfMessagesPublished(minute),
        ...events.map(({ queue }) => queue.metricNumberOfMessagesReceived(minute)),
      ],
      ...(worlds.length > 0 && {
        "Memory, in percent": worlds.map(({ service }) => service.metricMemoryUtilization(minute)),
        "Processor, in percent": worlds.map(({ service }) => service.metricCpuUtilization(minute)),
      }),
    });
  }

  #watchTasks(worlds: readonly WorldService[]): void {
    const minute = { period: Duration.minutes(1) };
    const memory = worlds.map(({ service }) => service.metricMemoryUtilization(minute));
    this.#alarm("Memory", "A task is about to run out of memory", memory, memoryPercentMax);
    // A task that does not run reports nothing: the only metric of it that costs nothing.
    const filled = memory.map((_, i) => `FILL(m${i}, -1)`);
    const gone = new MathExpression({
      ...minute,
      expression: filled.length === 1 ? filled.join() : `MIN([${filled.join(", ")}])`,
      usingMetrics: Object.fromEntries(memory.map((metric, i) => [`m${i}`, metric])),
      label: "Least memory in use, -1 for none",
    });
    this.#create("NotRunning", "A task does not run", gone, {
      threshold: 0,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 5,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  /** What the server itself knows of its bridge: namespace and names are those of its embedded metrics. */
  #watchOutbox(world: string): Readonly<Record<string, readonly IMetric[]>> {
    const metric = (metricName: string, statistic: string): IMetric =>
      new Metric({
        namespace: "Tellurion",
        metricName,
        dimensionsMap: { World: world },
        statistic,
        period: Duration.minutes(1),
      });
    const age = metric("OutboxAge", "Maximum");
    const lost = metric("EventsLost", "Sum");
    this.#alarm("OutboxLate", "Events do not get to SNS", [age], outboxAgeMsMax);
    this.#alarm("EventsLost", "Events were shed", [lost], 0);
    return {
      "Age of the outbox, in ms": [age],
      "World time in a second": [metric("TimeDilation", "Minimum")],
    };
  }

  /** Goes off when one of the metrics is above a value. */
  #alarm(id: string, what: string, metrics: readonly IMetric[], above: number): void {
    if (metrics.length === 0) return;
    const names = metrics.map((_, i) => `m${i}`);
    const [only] = metrics;
    const metric =
      metrics.length === 1 && only !== undefined
        ? only
        : new MathExpression({
            expression: `MAX([${names.join(", ")}])`,
            usingMetrics: Object.fromEntries(metrics.map((each, i) => [`m${i}`, each])),
            period: Duration.minutes(1),
            label: what,
          });
    this.#create(id, what, metric, {
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: above === 0 ? 1 : 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  #create(
    id: string,
    what: string,
    metric: IMetric,
    rule: {
      threshold: number;
      comparisonOperator: ComparisonOperator;
      evaluationPeriods: number;
      treatMissingData: TreatMissingData;
    },
  ): void {
    const { prefix, alarmTopicArn } = this.#options;
    const alarm = new Alarm(this, id, {
      ...rule,
      metric,
      alarmName: `${prefix}-${id}`,
      alarmDescription: `${what}. docs/deploy.md says what to do.`,
    });
    const actions = Fn.conditionIf(this.#hasTopic.logicalId, [alarmTopicArn], Aws.NO_VALUE);
    const resource = alarm.node.defaultChild as CfnAlarm;
    resource.addPropertyOverride("AlarmActions", actions);
    this.alarms.push(alarm);
  }

  #dashboard(graphs: Readonly<Record<string, readonly IMetric[]>>): void {
    const dashboard = new Dashboard(this, "Dashboard", {
      dashboardName: this.#options.prefix,
    });
    const widgets = Object.entries(graphs).map(
      ([title, metrics]) => new GraphWidget({ title, left: [...metrics], width: 12 }),
    );
    dashboard.addWidgets(...widgets);
  }
}
