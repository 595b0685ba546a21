import { grouped } from "../report/number.js";
import { type Cell, type Column, right, table } from "../report/table.js";
import type { DemoResult, SlotEvent } from "./types.js";
import { change } from "./words.js";

/** What the table calls a slot's event. */
export const eventNames: Readonly<Record<SlotEvent, string>> = {
  silent: "two meters silent",
  falsified: "meter falsified",
  wrongEstimate: "wrong estimate",
};

/** Operators to a table: more columns do not fit on a screen. */
const COLUMNS = 6;

/** The tables of a demo for a terminal: slots, then what they moved and the balances. */
export function demoTables(result: DemoResult): string[] {
  return [slotTable(result), ...creditTables(result)];
}

function slotTable({ demoGrid, slots }: DemoResult): string {
  const columns: Column[] = [
    right("slot"),
    { head: "event" },
    right("missing"),
    right("J"),
    right("τ"),
    { head: "suspect" },
    right("gas upload"),
    right("settle"),
    right("per meter"),
  ];
  const rows = slots.map((slot): Cell[] => {
    const suspect = slot.suspects[0];
    const advice = slot.complete ? "  " : " *";
    return [
      slot.slot,
      slot.event === undefined ? "" : eventNames[slot.event],
      slot.gaps.length,
      slot.objective && slot.objective.toFixed(1) + advice,
      slot.threshold && slot.threshold.toFixed(1) + advice,
      suspect === undefined
        ? ""
        : `${demoGrid.meters[suspect.meter]!.id} (${suspect.normalisedResidual.toFixed(1)})`,
      grouped(slot.uploadGas),
      grouped(slot.settleGas),
      grouped(Math.round(Number(slot.uploadGas + slot.settleGas) / demoGrid.meters.length)),
    ];
  });
  const footnote = slots.some(({ complete }) => !complete)
    ? "\n* closed incomplete: J and τ are the worker's, from the meters that reported, and moved nothing"
    : "";
  return table(columns, rows) + footnote;
}

function creditTables({ operators, slots, startCredits }: DemoResult): string[] {
  const tables: string[] = [];
  for (let first = 0; first < operators.length; first += COLUMNS) {
    const seats = operators.map((_, seat) => seat).slice(first, first + COLUMNS);
    const columns = seats.map((seat) => right(operators[seat]!.name));
    const rows: Cell[][] = [
      ["deposit", ...seats.map((seat) => grouped(startCredits[seat]!))],
      ...slots.map(({ slot, moved }) => [`slot ${slot}`, ...seats.map((seat) => change(moved[seat]!))]),
      ["at the end", ...seats.map((seat) => grouped(slots.at(-1)!.credits[seat]!))],
    ];
    tables.push(table([{ head: "credits moved" }, ...columns], rows));
  }
  return tables;
}
