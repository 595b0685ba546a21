import { DemoArgumentError } from "./errors.js";

/** Most operators: the ledger's ring has room for 96 seats, and tables and plots stay legible. */
export const MOST_OPERATORS = 80;

/** The options as they stand on the command line; empty where none was given. */
export interface DemoArguments {
  readonly case: string;
  readonly plan: string;
  readonly operators: string;
  readonly slots: string;
  readonly seed: string;
  readonly json: string;
  readonly report: string;
}

/** What a demo is asked to do; paths are absolute. */
export interface DemoOptions {
  /** Undefined for the default plan. */
  readonly planFile: string | undefined;
  readonly operators: number;
  readonly slots: number;
  readonly seed: number;
  readonly jsonFile: string | undefined;
  readonly reportFile: string;
}

/**
 * Reads the demo's options.
 *
 * @param absolute Makes a path as the user gave it absolute.
 * @param defaultReport Where the report goes if the user names no file.
 * @throws DemoArgumentError for a number that is none or out of bounds. The bound of the case is `checkOperators`.
 */
export function readDemoOptions(
  given: DemoArguments,
  absolute: (path: string) => string,
  defaultReport: string,
): DemoOptions {
  const path = (value: string): string | undefined => (value === "" ? undefined : absolute(value));
  return {
    planFile: path(given.plan),
    operators: whole("--operators", given.operators, 2, MOST_OPERATORS),
    slots: whole("--slots", given.slots, 1, 100_000),
    seed: whole("--seed", given.seed, 0, 2 ** 32 - 1),
    jsonFile: path(given.json),
    reportFile: path(given.report) ?? defaultReport,
  };
}

/** @throws DemoArgumentError if a case has fewer buses than there are operators. */
export function checkOperators(operators: number, buses: number): void {
  if (operators > buses) {
    throw new DemoArgumentError(
      `--operators: expected at most one operator for each of the case's ${buses} buses in service, found ${operators}`,
    );
  }
}

function whole(option: string, given: string, least: number, most: number): number {
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < least || value > most) {
    throw new DemoArgumentError(
      `${option}: expected a whole number from ${least} to ${most}, found ${given === "" ? "nothing" : given}`,
    );
  }
  return value;
}
