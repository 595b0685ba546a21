import type { MeteringBench } from "../../bench/metering/meteringBench.js";
import { grouped } from "../../workers/report/number.js";
import type { FigureTable } from "./figures.js";

/** Rows of the queue that are shown. */
const LOOKS = 12;

/** The tables of `bench metering`. */
export function meteringBenchTables(found: MeteringBench): FigureTable[] {
  const { chain, latency, processor, kills } = found;
  const skipped = Object.entries(chain.skipped).map(([reason, count]) => `${reason} ${grouped(count)}`);
  const every = Math.max(1, Math.ceil(found.queue.length / LOOKS));
  return [
    {
      title: "Readings",
      heads: ["what", "count"],
      rows: [
        ["measured", grouped(found.measured)],
        ["reports given to the broker", grouped(found.sent)],
        ["on the chain", grouped(chain.accepted)],
        ["skipped by the contract", skipped.length === 0 ? "0" : skipped.join(", ")],
        ["decrypted", grouped(found.stored)],
        ["lost", grouped(found.lost)],
        ["doubled", grouped(found.doubled)],
        ...(kills === undefined
          ? []
          : Object.entries(kills).map(([name, count]) => [`kill -9 of the ${name}`, String(count)])),
      ],
    },
    {
      title: "Rates and gas",
      heads: ["what", "figure"],
      rows: [
        ["asked for, a second", grouped(found.rate)],
        ["in blocks, a second", chain.perSecond.toFixed(1)],
        ["decrypted, a second, from the first row to the last", found.storedPerSecond.toFixed(1)],
        ["blocks with reports", grouped(chain.blocks)],
        ["transactions", grouped(chain.transactions)],
        ["gas a report", grouped(Math.round(chain.gasPerReport))],
      ],
    },
    {
      title: "From MQTT to decrypted row, ms",
      heads: ["samples", "p50", "p95", "p99"],
      rows: [
        [latency.samples, latency.p50, latency.p95, latency.p99].map((value) => grouped(Math.round(value))),
      ],
    },
    {
      title: "Queue of the concentrator",
      heads: ["second", "waiting", "under way", "decrypted so far"],
      rows: found.queue
        .filter((_, i) => i % every === 0)
        .map(({ second, waiting, underWay, stored }) => [
          String(second),
          waiting === undefined ? "–" : grouped(waiting),
          underWay === undefined ? "–" : grouped(underWay),
          grouped(stored),
        ]),
    },
    ...(kills === undefined
      ? [
          {
            title: "Processor time under load, s",
            heads: ["program", "seconds"],
            rows: Object.entries(processor).map(([name, seconds]) => [name, seconds.toFixed(1)]),
          },
        ]
      : []),
  ];
}

/** What they come to, in sentences. */
export function meteringBenchWords(found: MeteringBench, machine: string): string[] {
  const { load, kills } = found;
  return [
    `${grouped(found.meters)} meters, ${grouped(found.rate)} reports a second for ${grouped(found.seconds)} s, ` +
      `${found.validators} validators of geth, a block every ${found.blockPeriodSeconds} s, final with ${found.confirmationDepth} above it, ` +
      `up to ${found.batchReports} reports a transaction; all on one machine: ${machine}.`,
    `Load of the machine (processes that want a processor) before ${load[0].toFixed(1)}, after ${load[1].toFixed(1)}.`,
    `Of ${grouped(found.measured)} readings ${grouped(found.lost)} were lost and ${grouped(found.doubled)} doubled` +
      (kills === undefined
        ? "."
        : `, under ${grouped(Object.values(kills).reduce((a, b) => a + b, 0))} kills.`),
    "Latency is from the first time that a meter gives a report to its MQTT client to its row in the MDMS's database, looked at every 0.1 s.",
  ];
}
