import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { demoTerms } from "../../workers/demo/demoTerms.js";
import { operatorNames } from "../../workers/grid/operatorNames.js";
import { plausibleSource } from "../../workers/metering/meter/usageSource.js";
import { type CpuSeconds, cpuSeconds } from "../devnet/cpuSeconds.js";
import type { Deploy } from "../devnet/devnetBench.js";
import { doorGeth } from "../devnet/doorGeth.js";
import { withOwnNetwork } from "../devnet/ownNetwork.js";
import { type Quantiles, quantiles } from "../devnet/quantiles.js";
import { type ChainCounts, chainCounts } from "./chainCounts.js";
import { type Kills, killUntil } from "./kills.js";
import { MeterLoad } from "./meterLoad.js";
import { processSeconds } from "./processSeconds.js";
import { queueOf } from "./queueOf.js";
import { ratePerSecond } from "./ratePerSecond.js";
import { prepareStand, type Stand, usagePointOf } from "./stand.js";
import { StoredRows } from "./storedRows.js";
import { INTERVAL_SECONDS, type MeteringTerms } from "./terms.js";

/** A look at the queue of the concentrator under load; undefined while it is away. */
export interface QueueLook {
  readonly second: number;
  readonly waiting: number | undefined;
  readonly underWay: number | undefined;
  readonly stored: number;
}

/** What household metering takes on a devnet. */
export interface MeteringBench extends MeteringTerms {
  readonly blockPeriodSeconds: number;
  readonly confirmationDepth: number;
  /** Readings that were measured, reports given to the broker (those sent again with them), rows that were decrypted. */
  readonly measured: number;
  readonly sent: number;
  readonly stored: number;
  /** Measured and not stored with the same energy; stored and never measured, or put twice. Both must be 0. */
  readonly lost: number;
  readonly doubled: number;
  readonly unreadable: number;
  readonly chain: ChainCounts;
  /** Milliseconds from the first time that a report was given to the broker to its row. */
  readonly latency: Quantiles;
  /** Rows a second, from the first row seen to the last: what the way takes is in the latency. */
  readonly storedPerSecond: number;
  readonly queue: readonly QueueLook[];
  /** Of the run, seconds. */
  readonly processor: CpuSeconds & {
    readonly broker: number;
    readonly concentrator: number;
    readonly mdms: number;
    readonly meters: number;
  };
  /** Processes that wanted a processor, a mean over a minute: before the run, and at its end. */
  readonly load: readonly [before: number, after: number];
  readonly kills: Kills | undefined;
}

const BLOCK_SECONDS = 1;
const ENROL_SECONDS = 300;
const DRAIN_SECONDS = 300;

/** Measures a fresh network with a concentrator and an MDMS under the load of many meters. */
export async function meteringBench(
  geth: string,
  terms: MeteringTerms,
  deploy: Deploy,
  note: (text: string) => void,
): Promise<MeteringBench> {
  const { validators, gasLimit } = terms;
  const network = { validators, gasLimit, blockPeriodSeconds: BLOCK_SECONDS };
  const names = operatorNames(validators);
  return await withOwnNetwork(geth, network, note, async (own) => {
    const confirmationDepth = Math.floor(validators / 2) + 1;
    const usual = demoTerms(validators, "waited");
    note("deploying");
    const chain = await deploy(own, names, { ...usual, voting: { ...usual.voting, confirmationDepth } });
    const consortium = await chain.operators[0]!.contracts.consortium.getAddress();
    const stand = await prepareStand(own, consortium, terms, note);
    const { programs } = stand;
    const started = Object.values(programs);
    let load: MeterLoad | undefined;
    let rows: StoredRows | undefined;
    const stopKills = new AbortController();
    try {
      for (const program of started) program.start();
      load = new MeterLoad(stand, plausibleSource(INTERVAL_SECONDS));
      await load.enrol(note, ENROL_SECONDS);
      rows = new StoredRows(stand.database);
      const queue: QueueLook[] = [];
      const watched = rows;
      const before = await processorOf(own, stand);
      const loadBefore = loadavg()[0]!;
      const engine = doorGeth(geth, ({ number }) => Number(new URL(own.engines[number - 1]!).port));
      const killing =
        terms.killSeed === undefined
          ? undefined
          : killUntil(stand, own, engine, terms.killSeed, stopKills.signal, note);
      // Said where it is waited for.
      killing?.catch(() => undefined);
      const overhaul = setInterval(() => load?.overhaul(), 5_000);
      await load.run(terms.rate, terms.seconds, async (second) => {
        const length = await queueOf(stand.metricsUrl);
        queue.push({
          second,
          waiting: length?.waiting,
          underWay: length?.underWay,
          stored: watched.rows.length,
        });
        note(
          `${second} s: ${length?.waiting ?? "-"} wait, ${watched.rows.length} of ${load!.measured.size} stored`,
        );
      });
      clearInterval(overhaul);
      stopKills.abort();
      const kills = await killing;
      const after = await processorOf(own, stand);
      await drained(load, rows, note);
      const stored = rows.energies();
      let lost = 0;
      for (const { meter, time, usageWh } of load.measured.values())
        if (stored.get(`${usagePointOf(meter)} ${time}`) !== usageWh) lost++;
      const { replaced, unreadable } = rows.faults();
      const measured = load.measured.size;
      const found = await chainCounts(stand);
      const latencies = rows.rows.flatMap(({ usagePoint, tau, seenAt }) => {
        const one = load!.measured.get(`${usagePoint.slice("point ".length)} ${tau}`);
        return one === undefined || one.sentAt === 0 ? [] : [seenAt - one.sentAt];
      });
      return {
        ...terms,
        blockPeriodSeconds: BLOCK_SECONDS,
        confirmationDepth,
        measured,
        sent: load.sent,
        stored: stored.size,
        lost,
        doubled: replaced + found.doubled + Math.max(0, stored.size - measured),
        unreadable,
        chain: found,
        latency: quantiles(latencies),
        storedPerSecond: ratePerSecond(rows.rows.map(({ seenAt }) => seenAt)),
        queue,
        processor: minus(after, before),
        load: [loadBefore, loadavg()[0]!],
        kills,
      };
    } finally {
      stopKills.abort();
      await rows?.close();
      await load?.close();
      await Promise.all(started.map((program) => program.stop()));
      stand.provider.destroy();
    }
  });
}

/** Waits until every reading is stored; meters send what is due again. */
async function drained(load: MeterLoad, rows: StoredRows, note: (text: string) => void): Promise<void> {
  const deadline = Date.now() + 1_000 * DRAIN_SECONDS;
  while (rows.rows.length < load.measured.size && Date.now() < deadline) {
    load.overhaul();
    note(`${rows.rows.length} of ${load.measured.size} stored`);
    await pause(1_000);
  }
}

type Processor = MeteringBench["processor"];

async function processorOf(
  own: { readonly folder: string; readonly network: Parameters<typeof cpuSeconds>[1] },
  { programs }: Stand,
): Promise<Processor> {
  const { broker, concentrator, mdms } = programs;
  const { user, system } = process.cpuUsage();
  return {
    ...(await cpuSeconds(own.folder, own.network)),
    broker: processSeconds(broker.pid),
    concentrator: processSeconds(concentrator.pid),
    mdms: processSeconds(mdms.pid),
    meters: (user + system) / 1e6,
  };
}

function minus(after: Processor, before: Processor): Processor {
  const entries = Object.entries(after).map(([name, value]) => [
    name,
    value - before[name as keyof Processor],
  ]);
  return Object.fromEntries(entries) as Processor;
}
