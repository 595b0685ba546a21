import type { Grid } from "../grid/types.js";

/**
 * The buses that are taken to be sensitive where nobody named any: the ten with the largest load or generation, whose
 * wrong angle would mislead most about power. Numbers, ascending.
 */
export function defaultSensitiveBuses({ buses }: Grid, most = 10): number[] {
  return buses
    .toSorted((a, b) => powerOf(b) - powerOf(a))
    .slice(0, most)
    .map(({ number }) => number)
    .toSorted((a, b) => a - b);
}

function powerOf({ loadKw, generationKw }: Grid["buses"][number]): number {
  return Math.max(Math.abs(loadKw), Math.abs(generationKw));
}
