import { loadOfDay } from "./loadOfDay.js";
import { noise } from "./noise.js";
import { powerFlow } from "./powerFlow.js";
import { trueMeasurements } from "./trueMeasurements.js";
import type { Grid, MeteringPlan } from "./types.js";

/**
 * What the meters of a grid read over a day of so many slots, from midnight on: in each slot the power flow of the case with
 * its loads and generation at the part that the hour has of them (`loadOfDay`), and each meter's error with its sigma.
 *
 * @param seed Same seed, same errors.
 * @returns For each slot one value for each meter of the plan, kW (PMU: radians).
 * @throws GridModelError as `powerFlow` and `trueMeasurements`.
 */
export function simulateDay(grid: Grid, plan: MeteringPlan, slots: number, seed: number): Float64Array[] {
  return Array.from({ length: slots }, (_, slot) => {
    const part = loadOfDay((24 * slot) / slots);
    const buses = grid.buses.map((bus) => ({
      ...bus,
      loadKw: part * bus.loadKw,
      generationKw: part * bus.generationKw,
    }));
    const exact = trueMeasurements(grid, plan, powerFlow({ ...grid, buses }));
    return noise(plan, exact, seed, slot).subarray(0, plan.meters.length);
  });
}
