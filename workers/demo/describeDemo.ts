import { describeSlot } from "./describeSlot.js";
import type { DemoResult, SlotEvent } from "./types.js";
import { grouped } from "../report/number.js";
import { listed } from "./words.js";

const eventWords: Readonly<Record<SlotEvent, string>> = {
  silent: "the silent operator",
  falsified: "the falsified meter",
  wrongEstimate: "the wrong estimate",
};

/** What happened in a demo, in sentences. */
export function describeDemo(result: DemoResult): string[] {
  const { demoGrid, operators, slots, leftOut, depositTotal, versionGas } = result;
  const { grid, meters, partition } = demoGrid;
  const quiet = slots.filter((slot) => describeSlot(result, slot).length === 0).length;
  const last = slots.at(-1);
  const kept = last !== undefined && last.totalCredits === depositTotal;
  return [
    `${operators.length} operators share ${grid.name}: ${grid.buses.length} buses, ${grid.lines.length} lines ` +
      `(${partition.tieLines.length} of them between operators), ${grouped(meters.length)} meters. ` +
      `The version was proved by the contract and approved by every owner, for ${grouped(versionGas)} gas in all.`,
    ...slots.map((slot) => describeSlot(result, slot).join(" ")).filter((text) => text !== ""),
    ...(quiet === 0
      ? []
      : [
          `${quiet === 1 ? "One slot" : `${quiet} slots`} passed without incident: ` +
            "whoever has more meters than the average was paid for sharing them by those who have fewer.",
        ]),
    ...(leftOut.length === 0
      ? []
      : [
          `${slots.length === 1 ? "One slot leaves" : `${slots.length} slots leave`} no room for ` +
            `${listed(leftOut.map((event) => eventWords[event]))}: left out.`,
        ]),
    `The deposits were ${grouped(depositTotal)} credits; the balances add up to ${kept ? "the same" : grouped(last?.totalCredits ?? 0n)} at the end.`,
  ];
}
