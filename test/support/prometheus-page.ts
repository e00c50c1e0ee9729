import { expect } from "vitest";

/** Reads a page by the rules of the Prometheus text format, and fails at the first line that breaks one. */
export function readPrometheusPage(page: string): Map<string, number> {
  const samples = new Map<string, number>();
  const announced = new Map<string, string>();
  expect(page.endsWith("\n")).toBe(true);
  for (const line of page.trimEnd().split("\n")) {
    const comment = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (comment) {
      const [, what, name = "", rest = ""] = comment;
      if (what === "HELP") expect(announced.has(name), `${name} twice`).toBe(false);
      else expect(["counter", "gauge"]).toContain(rest);
      announced.set(name, rest);
      continue;
    }
    const sample = /^([a-z_]+)((?:\{(?:[a-z]+="[^"]*",?)+\})?) ([-+.\deInfNa]+)$/.exec(line);
    expect(sample, line).not.toBeNull();
    const [, name = "", labels = "", value] = sample ?? [];
    expect(announced.has(name), `${name} without HELP and TYPE`).toBe(true);
    if (announced.get(name) === "counter") expect(name).toMatch(/_total$/);
    samples.set(`${name}${labels}`, Number(value));
  }
  return samples;
}
