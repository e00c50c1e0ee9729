import type { TracingOptions } from "../../bridges/tracing/tracing.ts";
import { TellurionError } from "../../runtime/index.ts";
import { quoted } from "../calls.ts";
import { type Option, type OptionValues, text } from "./options.ts";

const ratioValid = "numbers from 0 to 1";

const trace: Option<string | undefined> = {
  ...text("URL", "sends traces of packs and commands there, by OTLP over HTTP", ""),
  default: undefined,
  defaultText: "what OTEL_EXPORTER_OTLP_ENDPOINT says, or none",
  valid: "addresses like http://127.0.0.1:4318",
  read: (value) => (/^https?:\/\/[^\s?#]+$/.test(value) ? value : undefined),
};

const ratio: Option<number | undefined> = {
  ...{ placeholder: "RATIO", about: "of the traces that begin here and are kept" },
  default: undefined,
  defaultText: "what OTEL_TRACES_SAMPLER_ARG says, or 1",
  valid: ratioValid,
  read: ratioOf,
};

/** `--trace URL` and `--trace-ratio RATIO`. */
export const traceOptions = { trace, "trace-ratio": ratio };

/** What the options say, and otherwise the variables that OpenTelemetry defines. Throws INVALID_OPTION. */
export function readTraceOptions(
  values: OptionValues<typeof traceOptions>,
): Omit<TracingOptions, "world"> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG } = process.env;
  const endpoint = values.trace ?? (OTEL_EXPORTER_OTLP_ENDPOINT || undefined);
  if (endpoint === undefined) return { endpoint, ratio: 1 };
  const given = OTEL_TRACES_SAMPLER_ARG ? ratioOf(OTEL_TRACES_SAMPLER_ARG) : 1;
  const chosen = values["trace-ratio"] ?? given;
  if (chosen !== undefined) return { endpoint, ratio: chosen };
  throw new TellurionError(
    "INVALID_OPTION",
    `OTEL_TRACES_SAMPLER_ARG=${quoted(OTEL_TRACES_SAMPLER_ARG ?? "")} is not valid; valid are ${ratioValid}`,
  );
}

function ratioOf(text: string): number | undefined {
  return /^(0|1|[01]?[.]\d+)$/.test(text) && Number(text) <= 1 ? Number(text) : undefined;
}
