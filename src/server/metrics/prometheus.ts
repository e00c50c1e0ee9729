export type MetricKind = "counter" | "gauge";

/** One value of a metric, with the labels that tell it from the others. */
export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Builds a page in the Prometheus text format, version 0.0.4. */
export class PrometheusText {
  static readonly contentType = "text/plain; version=0.0.4; charset=utf-8";
  readonly #lines: string[] = [];

  /** Adds a metric with one value and no labels. */
  one(kind: MetricKind, name: string, help: string, value: number): this {
    return this.many(kind, name, help, [{ value }]);
  }

  many(kind: MetricKind, name: string, help: string, samples: Iterable<Sample>): this {
    this.#lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind}`);
    for (const { value, labels } of samples) {
      this.#lines.push(`${name}${labelText(labels)} ${valueText(value)}`);
    }
    return this;
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}

function labelText(labels: Sample["labels"] = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join()}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function escapeHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function valueText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}
