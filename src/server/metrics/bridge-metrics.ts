import type { BridgeCounters } from "../../bridges/counters.ts";
import type { PrometheusText } from "./prometheus.ts";

const msPerSecond = 1_000;

/** Adds what a bridge counts. */
export function addBridge(text: PrometheusText, bridge: BridgeCounters): void {
  addOutbox(text, bridge);
  addOutgoing(text, bridge);
  addCommands(text, bridge);
}

function addOutbox(text: PrometheusText, bridge: BridgeCounters): void {
  const gauge = (name: string, help: string, value: number) =>
    text.one("gauge", `tellurion_bridge_${name}`, help, value);
  gauge("up", "1; 0: the bridge's thread is gone, /healthz says what to do.", bridge.up);
  gauge("outbox_packs", "Packs that are not published yet.", bridge.outboxPacks);
  gauge(
    "outbox_unwritten_packs",
    "Packs of these that the disk has not taken.",
    bridge.outboxUnwrittenPacks,
  );
  gauge("outbox_bytes", "Bytes of the packs that are not published yet.", bridge.outboxBytes);
  gauge(
    "outbox_oldest_age_seconds",
    "How long the oldest pack has waited to be published.",
    bridge.outboxOldestAgeMs / msPerSecond,
  );
  gauge("in_flight", "Messages on their way to the topic.", bridge.inFlight);
}

function addOutgoing(text: PrometheusText, bridge: BridgeCounters): void {
  const counter = (name: string, help: string, value: number) =>
    text.one("counter", `tellurion_bridge_${name}_total`, help, value);
  const shed = {
    cosmetic: bridge.shedCosmetic,
    "latest-wins": bridge.shedLatestWins,
    reliable: bridge.shedReliable,
    "too-large": bridge.shedTooLarge,
  };
  counter("packs_published", "Packs that the topic took.", bridge.packsPublished);
  counter("events_published", "Events in packs that the topic took.", bridge.eventsPublished);
  counter("packs_refused", "Packs that the topic will never take.", bridge.packsRefused);
  counter(
    "requests",
    "Messages sent to the topic, repeats included, and calls of queues.",
    bridge.requests,
  );
  counter("retries", "Of them, those that repeated one that failed.", bridge.retries);
  counter("feed_lost", "Events that found no room on their way from the core.", bridge.feedLost);
  text.many(
    "counter",
    "tellurion_bridge_events_shed_total",
    "Events that were given up: the outbox is full, or no message can hold them.",
    Object.entries(shed).map(([reason, value]) => ({ value, labels: { reason } })),
  );
}

function addCommands(text: PrometheusText, bridge: BridgeCounters): void {
  const outcomes = {
    done: bridge.commandsDone,
    refused: bridge.commandsRefused,
    duplicate: bridge.commandsDuplicate,
    "put-off": bridge.commandsPutOff,
  };
  const packs = {
    done: bridge.remotePacksDone,
    ignored: bridge.remotePacksIgnored,
    refused: bridge.remotePacksRefused,
    duplicate: bridge.remotePacksDuplicate,
    "put-off": bridge.remotePacksPutOff,
  };
  text
    .one(
      "counter",
      "tellurion_bridge_commands_received_total",
      "Commands that the queue delivered.",
      bridge.commandsReceived,
    )
    .many(
      "counter",
      "tellurion_bridge_commands_total",
      "Commands by what became of them.",
      Object.entries(outcomes).map(([outcome, value]) => ({ value, labels: { outcome } })),
    )
    .one(
      "counter",
      "tellurion_bridge_commands_dead_lettered_total",
      "Refused commands that were put into the dead-letter queue.",
      bridge.commandsDeadLettered,
    )
    .one(
      "counter",
      "tellurion_bridge_remote_packs_received_total",
      "Packs of other parts of the world that the queue delivered.",
      bridge.remotePacksReceived,
    )
    .many(
      "counter",
      "tellurion_bridge_remote_packs_total",
      "Packs of other parts of the world by what became of them.",
      Object.entries(packs).map(([outcome, value]) => ({ value, labels: { outcome } })),
    )
    .one(
      "counter",
      "tellurion_bridge_remote_packs_dead_lettered_total",
      "Refused packs that were put into the dead-letter queue.",
      bridge.remotePacksDeadLettered,
    )
    .one(
      "counter",
      "tellurion_bridge_poller_restarts_total",
      "Pollers that stalled and were begun anew.",
      bridge.pollerRestarts,
    );
}
