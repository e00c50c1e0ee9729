import type { GatewayCounters } from "../gateway/gateway.ts";
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
  counter("frames_skipped", "Frames left out for slow clients.", gateway.framesSkipped);
  text.many(
    "counter",
    "tellurion_gateway_closes_total",
    "WebSockets that the server closed, by reason.",
    [...gateway.closes].map(([reason, value]) => ({ value, labels: { reason } })),
  );
}
