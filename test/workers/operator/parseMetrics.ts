/** A metric as `/metrics` shows it. */
export interface ParsedMetric {
  readonly help: string;
  readonly type: string;
  /** By name and labels as printed, such as `jobs{state="done"}`. */
  readonly samples: ReadonlyMap<string, number>;
}

const SAMPLE = /^([a-z_]+)(\{(?:[a-z]+="[^"\\]*",?)+\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf|NaN)$/;

/**
 * Parses Prometheus' text format, strictly: each metric once, with its help and type before its samples, each sample once.
 *
 * @throws where a line is none of these.
 */
export function parseMetrics(text: string): Map<string, ParsedMetric> {
  if (!text.endsWith("\n")) throw new Error("no line end at the end");
  const metrics = new Map<string, ParsedMetric>();
  for (const block of text.trimEnd().split(/\n(?=# HELP )|\n\n/)) {
    const [help = "", type = "", ...lines] = block.trim().split("\n");
    const helped = /^# HELP ([a-z_]+) (\S.*)$/.exec(help);
    const typed = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(type);
    if (helped === null || typed === null || helped[1] !== typed[1]) throw new Error(`no metric: ${help}`);
    const name = helped[1]!;
    if (metrics.has(name)) throw new Error(`${name} twice`);
    const samples = new Map<string, number>();
    for (const line of lines) {
      const [, series, labels = "", value] = SAMPLE.exec(line) ?? [];
      const own = typed[2] === "histogram" ? /^(.*)_(?:bucket|sum|count)$/.exec(series ?? "")?.[1] : series;
      if (own !== name) throw new Error(`not a sample of ${name}: ${line}`);
      if (samples.has(`${series}${labels}`)) throw new Error(`twice: ${line}`);
      samples.set(`${series}${labels}`, Number(value!.replace("+Inf", "Infinity")));
    }
    metrics.set(name, { help: helped[2]!, type: typed[2]!, samples });
  }
  return metrics;
}
