import { monitorEventLoopDelay } from "node:perf_hooks";
import type { PrometheusText } from "./prometheus.ts";

const msPerSecond = 1_000;
const microsPerSecond = 1_000_000;
const nanosPerSecond = 1_000_000_000;
const eventLoopSampleMs = 20;
const eventLoopQuantiles = [0.5, 0.9, 0.99];

/** What the process uses, and how responsive its main thread is. */
export class ProcessMetrics {
  readonly #eventLoop = monitorEventLoopDelay({ resolution: eventLoopSampleMs });

  constructor() {
    this.#eventLoop.enable();
  }

  add(text: PrometheusText): void {
    const cpu = process.cpuUsage();
    const memory = process.memoryUsage();
    text
      .one(
        "counter",
        "process_cpu_seconds_total",
        "User and system CPU time, of all threads.",
        (cpu.user + cpu.system) / microsPerSecond,
      )
      .one("gauge", "process_resident_memory_bytes", "Resident memory.", memory.rss)
      .one("gauge", "nodejs_heap_size_used_bytes", "Heap of the main thread.", memory.heapUsed)
      .one("gauge", "nodejs_external_memory_bytes", "Memory outside the heap.", memory.external)
      .one(
        "gauge",
        "process_start_time_seconds",
        "When the process began, in Unix time.",
        performance.timeOrigin / msPerSecond,
      )
      .many(
        "gauge",
        "tellurion_event_loop_delay_seconds",
        "Delay of the main thread's event loop since the last time this page was read.",
        eventLoopQuantiles.map((quantile) => ({
          value: this.#eventLoop.percentile(quantile * 100) / nanosPerSecond,
          labels: { quantile: String(quantile) },
        })),
      );
    this.#eventLoop.reset();
  }

  stop(): void {
    this.#eventLoop.disable();
  }
}
