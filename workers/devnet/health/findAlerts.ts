import type { Finding } from "../../alerts/types.js";
import type { Verdict } from "../deadlock/findDeadlock.js";
import type { ValidatorHealth } from "./types.js";

/** Turns that a validator may miss: it does not seal if it sealed none of the last SILENT_TURNS · N blocks. */
export const SILENT_TURNS = 5;
/** Blocks that a node may be behind the highest head. */
const BEHIND_BLOCKS = 10;
/** Seconds that a clock may be off: beyond, a validator loses its turns. */
const CLOCK_SECONDS = 0.5;
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
  readonly deadlock: Verdict | undefined;
}

/** Blocks after which a worker takes a block to stay: ⌊N/2⌋+1. */
export function confirmationDepth(validators: number): number {
  return Math.floor(validators / 2) + 1;
}

/** Seconds without a block from which on a chain has halted. */
export function haltedSeconds(blockPeriodSeconds: number): number {
  return Math.max(HALTED_SECONDS, HALTED_BLOCKS * blockPeriodSeconds);
}

/** What is wrong now, the network's first, then each validator's. docs/alerts.md says what to do. */
export function findAlerts(observed: Observed): Finding[] {
  return [
    ...haltAlerts(observed),
    ...deadlockAlerts(observed),
    ...splitAlerts(observed),
    ...observed.validators.flatMap((one) => [
      ...sealingAlerts(one, observed),
      ...nodeAlerts(one, observed),
      ...clockAlerts(one),
    ]),
  ];
}

function haltAlerts({ blockPeriodSeconds, validators, headAgeSeconds }: Observed): Finding[] {
  if (headAgeSeconds !== null && headAgeSeconds <= haltedSeconds(blockPeriodSeconds)) return [];
  const here = validators.filter(({ running }) => running !== null);
  const answering = here.filter(({ running }) => running === true).length;
  const nodes = `${answering} of ${here.length} nodes here answer`;
  if (headAgeSeconds === null)
    return [{ name: "chainHalted", message: nodes, values: { nodes: here.length, answering } }];
  const seconds = Math.round(headAgeSeconds);
  return [
    {
      name: "chainHalted",
      message: `no block for ${seconds} s; ${nodes}`,
      values: { headAgeSeconds: seconds, nodes: here.length, answering },
    },
  ];
}

function deadlockAlerts({ deadlock }: Observed): Finding[] {
  if (deadlock?.kind === "deadlocked")
    return [
      {
        name: "deadlock",
        message: "every sealer waits for another, on heads that differ; the keeper recovers the network",
      },
    ];
  if (deadlock?.kind === "suspected")
    return [
      {
        name: "deadlock",
        message:
          "suspected: this validator stands still and must wait for the others, which are its peers; compare heads by hand",
      },
    ];
  return [];
}

function splitAlerts({ forkedAt, validators }: Observed): Finding[] {
  if (forkedAt === null) return [];
  const depth = confirmationDepth(validators.length);
  return [
    {
      name: "chainSplit",
      message: `the nodes hold to different blocks ${forkedAt}, ${depth} confirmations deep`,
      values: { block: forkedAt, confirmationDepth: depth },
    },
  ];
}

function sealingAlerts(
  { name, seals, blocksSinceSealed }: ValidatorHealth,
  { validators }: Observed,
): Finding[] {
  const patience = SILENT_TURNS * validators.filter((one) => one.seals).length;
  if (!seals || blocksSinceSealed === null || blocksSinceSealed <= patience) return [];
  return [
    {
      name: "validatorNotSealing",
      subject: name,
      message: `${name} sealed none of the last ${blocksSinceSealed} blocks`,
      values: { blocks: blocksSinceSealed },
    },
  ];
}

function nodeAlerts({ name, running, height, peers }: ValidatorHealth, { validators }: Observed): Finding[] {
  if (running === null) return [];
  if (!running)
    return [{ name: "validatorDown", subject: name, message: `the node of ${name} does not answer` }];
  const found: Finding[] = [];
  const highest = Math.max(...validators.map((one) => one.height ?? 0));
  const behind = highest - (height ?? 0);
  if (behind > BEHIND_BLOCKS)
    found.push({
      name: "validatorBehind",
      subject: name,
      message: `${name} is at block ${height}, ${behind} behind`,
      values: { height: height ?? 0, behindBlocks: behind },
    });
  // On other machines it is not seen who runs.
  const others = validators.filter((one) => one.name !== name && one.running === true).length;
  if (peers !== null && peers < others)
    found.push({
      name: "peersMissing",
      subject: name,
      message: `${name} has ${peers} peers of ${others} that run`,
      values: { peers, others },
    });
  return found;
}

function clockAlerts({ name, clockOffsetSeconds: offset }: ValidatorHealth): Finding[] {
  if (offset === null || Math.abs(offset) <= CLOCK_SECONDS) return [];
  const seconds = Math.abs(offset).toFixed(1);
  return [
    {
      name: "clockOff",
      subject: name,
      message:
        offset > 0
          ? `the clock of ${name} is ${seconds} s ahead`
          : `the clock of ${name} is ${seconds} s behind, or blocks reach it that late`,
      values: { offsetSeconds: Math.round(1000 * offset) / 1000 },
    },
  ];
}
