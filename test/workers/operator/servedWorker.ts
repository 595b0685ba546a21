import { join } from "node:path";
import { Wallet } from "ethers";
import { pino } from "pino";
import type { HealthReport } from "../../../workers/alerts/healthReport.js";
import { parseWorkerConfig } from "../../../workers/operator/config.js";
import { ignoreStages } from "../../../workers/operator/stages.js";
import { startWorker } from "../../../workers/operator/startWorker.js";
import { systemClock } from "../../../workers/operator/systemClock.js";
import { eventually } from "../../support/eventually.js";
import { type ParsedMetric, parseMetrics } from "./parseMetrics.js";
import type { TinyChain } from "./tinyChain.js";

/** A worker of this process that serves HTTP. */
export interface ServedWorker {
  readonly database: string;
  readonly measurements: string;
  readonly lines: readonly {
    readonly level: number;
    readonly msg: string;
    readonly [field: string]: unknown;
  }[];
  health(): Promise<{ readonly status: number; readonly report: HealthReport }>;
  metrics(): Promise<Map<string, ParsedMetric>>;
  /** The value of a metric's only sample, or of the one with these labels. */
  metric(name: string, labels?: string): Promise<number | undefined>;
  /** Waits for an alert. @returns its entry in `/health`. */
  raised(name: string): Promise<Readonly<Record<string, number | string>>>;
  /** Waits until it stands no more. */
  cleared(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the worker of a seat, and waits until it serves. */
export async function servedWorker(
  chain: TinyChain,
  seat: number,
  folder: string,
  settings: object = {},
): Promise<ServedWorker> {
  const database = join(folder, `seat${seat}.db`);
  const measurements = join(folder, `seat${seat}.csv`);
  const config = parseWorkerConfig(
    {
      rpcUrl: `http://127.0.0.1:${chain.port}`,
      chainId: chain.chainId,
      contracts: chain.contracts,
      database,
      measurements,
      pollMilliseconds: 20,
      maxBackoffMilliseconds: 100,
      settleStaggerSeconds: 0,
      http: { port: 0 },
      ...settings,
    },
    "a test",
    folder,
  );
  const lines: ServedWorker["lines"][number][] = [];
  const logger = pino(
    { base: null },
    { write: (line: string) => lines.push(JSON.parse(line) as ServedWorker["lines"][number]) },
  );
  const stop = new AbortController();
  const signer = new Wallet(chain.keys[seat]!);
  const ended = startWorker(
    config,
    { clock: systemClock, logger, observe: ignoreStages, signer },
    stop.signal,
  );
  ended.catch(() => undefined);
  await eventually("a server", () => lines.some(({ msg }) => msg === "serving HTTP"));
  const url = String(lines.find(({ msg }) => msg === "serving HTTP")!["url"]);

  const health: ServedWorker["health"] = async () => {
    const answer = await fetch(`${url}/health`);
    return { status: answer.status, report: (await answer.json()) as HealthReport };
  };
  const metrics: ServedWorker["metrics"] = async () =>
    parseMetrics(await (await fetch(`${url}/metrics`)).text());
  const find = async (name: string) => (await health()).report.alerts.find((one) => one["name"] === name);
  return {
    database,
    measurements,
    lines,
    health,
    metrics,
    metric: async (name, labels = "") => (await metrics()).get(name)?.samples.get(`${name}${labels}`),
    raised: async (name) => {
      await eventually(`alert ${name}`, async () => (await find(name)) !== undefined);
      return (await find(name))!;
    },
    cleared: async (name) => {
      await eventually(`no alert ${name}`, async () => (await find(name)) === undefined);
    },
    stop: async () => {
      stop.abort();
      await ended;
    },
  };
}
