import type { Meter } from "../grid/types.js";
import { grouped } from "../report/number.js";

/** Credits gained or lost: `+1,234`, `-1,234`. */
export function change(credits: bigint): string {
  return credits > 0n ? `+${grouped(credits)}` : grouped(credits);
}

/** Megawatts with one decimal, from kW; with `signed`, `+1.2 MW`. */
export function megawatts(kw: number, signed = false): string {
  return `${signed && kw > 0 ? "+" : ""}${(kw / 1000).toFixed(1)} MW`;
}

/** A meter by name and place: `F12 (flow on line 12)`. */
export function meterWords({ id, kind, place }: Meter): string {
  const where = {
    injection: `injection at bus ${place}`,
    flowFrom: `flow into line ${place}`,
    flowTo: `flow into line ${place} at its far end`,
    pmu: `angle at bus ${place}`,
  }[kind];
  return `${id} (${where})`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
