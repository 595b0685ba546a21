import type { DevnetBench, LoadRound } from "../../bench/devnet/devnetBench.js";
import type { MeasuredSlot } from "../../bench/devnet/slotRun.js";
import type { Quantiles } from "../../bench/devnet/quantiles.js";
import { grouped } from "../../workers/report/number.js";

/** Head and rows of a table. */
export interface Figures {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of `bench devnet`: slots, load, latency. */
export function devnetBenchTables(found: DevnetBench): Figures[] {
  const { latency } = found;
  return [
    {
      title: `Slots of ${grouped(found.meters)} meters`,
      heads: [
        "slot",
        "uploads in block",
        "gas of uploads",
        "send to inclusion, ms",
        "settled in block",
        "gas of settlement",
        "cut-off to settled, ms",
        "blocks after cut-off",
        "confirmations",
      ],
      rows: found.slots.map(slotRow),
    },
    {
      title: "Plain transactions, as many as it takes",
      heads: [
        "way",
        "a second",
        "seconds",
        "included",
        "blocks",
        "full, mean",
        "full, most",
        "gas a second",
        "CPU of engines, s",
        "CPU of gates, s",
        "CPU of senders, s",
      ],
      rows: found.load.map(loadRow),
    },
    {
      title: "Latency, ms",
      heads: ["what", "samples", "p50", "p95", "p99"],
      rows: [
        latencyRow("plain, send to receipt", latency.plainReceipt),
        latencyRow(`plain, send to ${found.confirmationDepth} confirmations`, latency.plainConfirmed),
        latencyRow("upload, send to receipt", latency.uploadReceipt),
        latencyRow("upload, send to slot settled", latency.uploadSettled),
      ],
    },
  ];
}

/** What the figures come to, in sentences. */
export function devnetBenchWords(found: DevnetBench): string[] {
  const { perSecond, ratio, slots, gatesShareOfCpu } = found;
  const together = slots.filter(({ uploadBlocks }) => uploadBlocks.length === 1).length;
  return [
    `All uploads of a slot stood in one block in ${together} of ${slots.length} slots.`,
    `The gates took ${Math.round(perSecond.gate)} plain transactions a second, the engines past them ` +
      `${Math.round(perSecond.engine)}: ${(100 * ratio.gate).toFixed(1)} %.`,
    `The product's senders got ${Math.round(perSecond.sender)} a second into blocks: ` +
      `${(100 * ratio.sender).toFixed(1)} % of what the engines take of transactions that were signed before.`,
    `Processor seconds for 1,000 plain transactions: ${cpuWords(found.load, "engine")}; ${cpuWords(found.load, "sender")}.`,
    `The gates took ${(100 * gatesShareOfCpu).toFixed(1)} % of the processor time of gates and engines.`,
  ];
}

/** What 1,000 transactions by one way cost each part, in processor seconds. */
function cpuWords(load: readonly LoadRound[], way: LoadRound["way"]): string {
  const rounds = load.filter((round) => round.way === way);
  const thousands = rounds.reduce((sum, { transactions }) => sum + transactions, 0) / 1000;
  const each = (part: keyof LoadRound["cpu"]): string =>
    (rounds.reduce((sum, { cpu }) => sum + cpu[part], 0) / thousands).toFixed(2);
  return `by ${way}, engines ${each("engines")}, gates ${each("gates")}, senders ${each("senders")}`;
}

function slotRow(slot: MeasuredSlot): string[] {
  const { uploads, settlement } = slot;
  return [
    String(slot.slot),
    slot.uploadBlocks.join(", "),
    grouped(uploads.reduce((sum, { gas }) => sum + gas, 0)),
    grouped(Math.round(Math.max(...uploads.map(({ milliseconds }) => milliseconds)))),
    String(settlement.block),
    grouped(settlement.gas),
    grouped(Math.round(slot.cutOffToSettled)),
    String(slot.blocksAfterCutOff),
    String(slot.confirmations),
  ];
}

function loadRow(round: LoadRound): string[] {
  return [
    round.way,
    grouped(Math.round(round.perSecond)),
    String(round.seconds),
    grouped(round.transactions),
    String(round.blocks),
    percent(round.fullness.mean),
    percent(round.fullness.largest),
    grouped(Math.round(round.gasPerSecond)),
    String(round.cpu.engines),
    String(round.cpu.gates),
    String(Math.round(round.cpu.senders)),
  ];
}

function latencyRow(what: string, { samples, p50, p95, p99 }: Quantiles): string[] {
  return [what, String(samples), ...[p50, p95, p99].map((value) => grouped(Math.round(value)))];
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}
