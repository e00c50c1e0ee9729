import type { AreaCounters } from "../gateway/area/areas.ts";
import type { GatewayCounters } from "../gateway/gateway-counters.ts";
import type { PrometheusText } from "./prometheus.ts";

/** Adds what a gateway counts. */
export function addGateway(text: PrometheusText, gateway: GatewayCounters): void {
  const counter = (name: string, help: string, value: number) =>
    text.one("counter", `tellurion_gateway_${name}_total`, help, value);
  text.one("gauge", "tellurion_gateway_clients", "Connected clients.", gateway.connections);
  counter("connections", "WebSockets opened.", gateway.accepted);
  counter("messages_received", "Messages from clients.", gateway.messagesIn);
  counter("received_bytes", "Bytes of messages from clients.", gateway.bytesIn);
  counter("frames_sent", "Frame messages to clients.", gateway.framesOut);
  counter("sent_frame_bytes", "Bytes of frame messages to clients.", gateway.frameBytesOut);
  counter("frames_queued", "Frames that went into lanes of slow clients.", gateway.framesQueued);
  counter(
    "events_coalesced",
    "Events in lanes that a later one replaced.",
    gateway.eventsCoalesced,
  );
  counter("events_dropped", "Cosmetic events without room in a lane.", gateway.eventsDropped);
  counter("resyncs", "Clients told that their picture may be wrong.", gateway.resyncs);
  const gauge = (name: string, help: string, value: number) =>
    text.one("gauge", `tellurion_gateway_${name}`, help, value);
  gauge("lane_bytes", "Bytes that wait for clients.", gateway.laneBytes);
  gauge("lane_bytes_most", "Bytes that wait for the client with the most.", gateway.laneBytesMost);
  gauge("sessions", "Sessions.", gateway.sessions);
  gauge("sessions_away", "Sessions that wait for their clients.", gateway.sessionsAway);
  gauge("clients_waiting", "Clients that wait to be let in.", gateway.waiting);
  gauge("reliable_log_bytes", "Reliable events kept for clients.", gateway.reliableLogBytes);
  gauge(
    "commit_wait_seconds_most",
    "Longest time that reliable events waited for the disk.",
    gateway.commitWaitMsMost / 1_000,
  );
  if (gateway.areas) addAreas(text, gateway.areas);
  text.many(
    "counter",
    "tellurion_gateway_closes_total",
    "WebSockets that the server closed, by reason.",
    [...gateway.closes].map(([reason, value]) => ({ value, labels: { reason } })),
  );
}

function addAreas(text: PrometheusText, areas: AreaCounters): void {
  const counter = (name: string, help: string, value: number) =>
    text.one("counter", `tellurion_gateway_area_${name}_total`, help, value);
  const gauge = (name: string, help: string, value: number) =>
    text.one("gauge", `tellurion_gateway_area_${name}`, help, value);
  gauge("clients", "Clients that look at an area.", areas.clients);
  gauge("entities", "Entities that clients can see.", areas.entities);
  counter("entities_refused", "Entities without room among all.", areas.entitiesRefused);
  counter("entities_crowded", "Entities without room in a client's area.", areas.crowded);
  counter("events_faulty", "Events about entities that were passed over.", areas.eventsFaulty);
  counter("updates", "Area updates to clients.", areas.updates);
  counter("update_bytes", "Bytes of area updates to clients.", areas.updateBytes);
}
