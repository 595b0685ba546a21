import { GridFileError } from "./errors.js";
import type { Grid, MeteringPlan } from "./types.js";

/** Where in the file a part of a plan stands. Rows are positions from 0. */
export type PlanLineOf = (part: "meters" | "zeroInjections" | "zeroInjectionSigma", row?: number) => number;

/**
 * Checks a plan against its grid: at least one meter; ids distinct; names without control characters; places in service; at most one meter of a kind at
 * a place; sigmas positive; no PMU at a reference bus, whose row would be zero; zero injections only at buses without
 * load, generation and injection meter.
 *
 * @throws GridFileError for the first row that breaks a rule.
 */
export function checkPlan(plan: MeteringPlan, grid: Grid, file: string, lineOf: PlanLineOf): void {
  const busAt = new Map(grid.buses.map((bus) => [bus.number, bus]));
  const lines = new Set(grid.lines.map(({ number }) => number));
  const isolated = new Set(grid.isolated);
  const busProblem = (number: number): string | undefined => {
    if (busAt.has(number)) return undefined;
    const found = isolated.has(number)
      ? `bus ${number}, isolated or out of service`
      : `unknown bus ${number}`;
    return `expected a bus in service, found ${found}`;
  };

  if (plan.meters.length === 0)
    throw new GridFileError(file, lineOf("meters"), "expected at least one meter, found none");
  const rowOfId = new Map<string, number>();
  const rowOfPlace = new Map<string, number>();
  for (const [row, { id, kind, place, sigma, owner }] of plan.meters.entries()) {
    const atLine = kind === "flowFrom" || kind === "flowTo";
    const key = `${kind} ${place}`;
    const sameId = rowOfId.get(id);
    const samePlace = rowOfPlace.get(key);
    let problem: string | undefined;
    if (id.trim() === "") problem = "expected the meter's name, found nothing";
    else if (owner.trim() === "") problem = `expected the owner of meter ${id}, found nothing`;
    else if (/\p{Cc}/u.test(id + owner))
      problem = `expected names on one line, found ${JSON.stringify(id)} of ${JSON.stringify(owner)}`;
    else if (!(sigma > 0 && Number.isFinite(sigma))) problem = `expected a positive sigma, found ${sigma}`;
    else if (sameId !== undefined)
      problem = `expected distinct meters, found ${id} again (first on line ${lineOf("meters", sameId)})`;
    else if (samePlace !== undefined)
      problem = `expected one ${kind} meter at ${place}, found a second (first on line ${lineOf("meters", samePlace)})`;
    else if (!atLine) problem = busProblem(place);
    else if (!lines.has(place))
      problem = `expected a line in service, found unknown or switched off line ${place}`;
    if (problem === undefined && kind === "pmu" && busAt.get(place)?.reference === true)
      problem = `expected a PMU away from reference buses, found one at reference bus ${place}`;
    if (problem !== undefined) throw new GridFileError(file, lineOf("meters", row), problem);
    rowOfId.set(id, row);
    rowOfPlace.set(key, row);
  }

  if (!(plan.zeroInjectionSigma > 0 && Number.isFinite(plan.zeroInjectionSigma))) {
    const problem = `expected a positive sigma of zero injections, found ${plan.zeroInjectionSigma}`;
    throw new GridFileError(file, lineOf("zeroInjectionSigma"), problem);
  }
  const zeroBuses = new Set<number>();
  for (const [row, number] of plan.zeroInjections.entries()) {
    const bus = busAt.get(number);
    let problem = busProblem(number);
    if (zeroBuses.has(number)) problem = `expected distinct zero injections, found bus ${number} again`;
    else if (rowOfPlace.has(`injection ${number}`))
      problem = `expected a zero injection without injection meter, found both at bus ${number}`;
    else if (bus !== undefined && (bus.loadKw !== 0 || bus.generationKw !== 0))
      problem = `expected a zero injection without load and generation, found bus ${number}`;
    if (problem !== undefined) throw new GridFileError(file, lineOf("zeroInjections", row), problem);
    zeroBuses.add(number);
  }
}
