import type { Finding } from "../deadlock/findDeadlock.js";
import type { Alert, ValidatorHealth } from "./types.js";

/** What can be wrong with a network. docs/alerts.md says what to do. */
export type AlertName =
  "chain-halted" | "deadlock" | "fork" | "validator-silent" | "validator-behind" | "validator-clock";

/** Turns that a validator may miss: it is silent if it sealed none of the last SILENT_TURNS · N blocks. */
export const SILENT_TURNS = 5;
/** Blocks that a node may be behind the highest head. */
export const BEHIND_BLOCKS = 10;
/** Seconds that a clock may be off: beyond, a validator loses its turns. */
export const CLOCK_SECONDS = 0.5;
/** The chain has halted if no block came for so many seconds, and periods. */
const HALTED_SECONDS = 15;
const HALTED_BLOCKS = 5;

/** What the alerts are drawn from. */
export interface Observed {
  readonly blockPeriodSeconds: number;
  readonly validators: readonly ValidatorHealth[];
  /** Since the newest block of any node; null if no node answers. */
  readonly headAgeSeconds: number | null;
  /** The highest at which the nodes' chains still differ though all are ⌊N/2⌋+1 blocks past it; null if none. */
  readonly forkedAt: number | null;
  /** Undefined for an engine that knows no deadlock. */
  readonly deadlock: Finding | undefined;
}

/** Blocks after which a worker takes a block to stay: ⌊N/2⌋+1. */
export function confirmationDepth(validators: number): number {
  return Math.floor(validators / 2) + 1;
}

/** Seconds without a block from which on a chain has halted. */
export function haltedSeconds(blockPeriodSeconds: number): number {
  return Math.max(HALTED_SECONDS, HALTED_BLOCKS * blockPeriodSeconds);
}

/** The alerts that stand, the network's before the validators'. */
export function alertsOf(observed: Observed): Alert[] {
  return [
    ...networkAlerts(observed),
    ...observed.validators.flatMap((one) => validatorAlerts(one, observed)),
  ];
}

function networkAlerts({
  blockPeriodSeconds,
  validators,
  headAgeSeconds,
  forkedAt,
  deadlock,
}: Observed): Alert[] {
  const alerts: Alert[] = [];
  const add = (name: AlertName, message: string): void =>
    void alerts.push({ name, validator: null, message });
  if (headAgeSeconds === null) add("chain-halted", "no node answers");
  else if (headAgeSeconds > haltedSeconds(blockPeriodSeconds)) {
    const here = validators.filter(({ running }) => running !== null);
    const awake = here.filter(({ running }) => running === true).length;
    add(
      "chain-halted",
      `no block for ${Math.round(headAgeSeconds)} s; ${awake} of ${here.length} nodes here answer`,
    );
  }
  if (deadlock?.kind === "deadlocked")
    add(
      "deadlock",
      "every sealer waits for another, on heads that differ; the watchdog or devnet heal mends it",
    );
  if (deadlock?.kind === "suspected")
    add(
      "deadlock",
      "this validator must wait though its peers are there: compare its head with the others', by hand",
    );
  if (forkedAt !== null)
    add(
      "fork",
      `the nodes hold to different blocks ${forkedAt}, deeper than ${confirmationDepth(validators.length)} confirmations`,
    );
  return alerts;
}

function validatorAlerts(one: ValidatorHealth, { validators }: Observed): Alert[] {
  const alerts: Alert[] = [];
  const add = (name: AlertName, message: string): void =>
    void alerts.push({ name, validator: one.name, message });
  const patience = SILENT_TURNS * validators.filter(({ seals }) => seals).length;
  if (one.seals && one.blocksSinceSealed !== null && one.blocksSinceSealed > patience)
    add(
      "validator-silent",
      `${one.name} sealed none of the last ${one.blocksSinceSealed} blocks${one.running === false ? "; its node does not answer" : ""}`,
    );
  const highest = Math.max(...validators.map(({ height }) => height ?? 0));
  if (one.height !== null && highest - one.height > BEHIND_BLOCKS)
    add("validator-behind", `${one.name} is at block ${one.height}, ${highest - one.height} behind`);
  const offset = one.clockOffsetSeconds;
  if (offset !== null && Math.abs(offset) > CLOCK_SECONDS)
    add(
      "validator-clock",
      offset > 0
        ? `the clock of ${one.name} is ${offset.toFixed(1)} s ahead`
        : `the clock of ${one.name} is ${(-offset).toFixed(1)} s behind, or its blocks come that late`,
    );
  return alerts;
}
