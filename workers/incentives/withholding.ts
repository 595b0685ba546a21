import { bftRun } from "./bftRun.js";
import { cliqueRun } from "./cliqueRun.js";

/** The chain and the clock. */
export interface WithholdingInput {
  /** N: one for each operator. */
  readonly validators: number;
  /** Honest validators that may be offline at the same time. */
  readonly offline: number;
  /** Time between blocks. */
  readonly blockSeconds: number;
  /** BFT: how long a leader is waited for; doubles with every leader in a row that does not propose. */
  readonly roundSeconds: number;
  readonly slotSeconds: number;
  /** T: slots from the end of a slot to its cut-off. */
  readonly cutOffSlots: number;
  /** From the end of a slot until its values are sent to the network. */
  readonly uploadSeconds: number;
}

/** What a coalition of a size can withhold, and the T that defeats it. */
export interface WithheldBlocks {
  /** c: validators that act together. */
  readonly coalition: number;
  /** Blocks in a row that are its own; null if there is no bound. Where it can stop the chain that is no bound in time. */
  readonly blocks: number | null;
  /** From the end of the slot until the values of others are in a block, at the latest; null if there is no bound. */
  readonly seconds: number | null;
  /** T, slots: the smallest cut-off that gives them the time; null if none does. */
  readonly cutOffSlots: number | null;
  /** Whether the T of the input does. */
  readonly defeated: boolean;
}

/** One protocol. */
export interface ProtocolWithholding {
  readonly validators: number;
  /** By size of the coalition, from 0 to N - 1. */
  readonly coalitions: readonly WithheldBlocks[];
  /** The largest coalition that some T defeats, -1 if the honest do not get on by themselves at all. */
  readonly mostBounded: number;
  /** The largest coalition that the T of the input defeats, -1 if it does not even bear the delay of an honest chain. */
  readonly mostDefeated: number;
}

/** Both protocols. */
export interface Withholding {
  readonly clique: ProtocolWithholding;
  readonly bft: ProtocolWithholding;
}

/** Clique: a signer out of turn waits up to this much for each signer of ⌊N/2⌋+1. */
const WIGGLE_SECONDS = 0.5;

/**
 * How long a coalition can keep values off the chain, and the cut-off T that follows (paper 003, Appendix E).
 *
 * In blocks: `cliqueRun`, `bftRun`. In time, from the end of a slot: the upload is sent, a block is under way that
 * does not have it any more, the coalition's blocks follow, then the honest one. With Clique the honest signer may be
 * out of turn, and then waits up to (⌊N/2⌋+1)/2 seconds more. With BFT a member may also let its turn time out
 * instead of proposing; k time-outs in a row take `roundSeconds·(2^k - 1)`, and the worst mix counts. T is that time in
 * slots, rounded up; a value exactly at the cut-off is late.
 */
export function withholding(input: WithholdingInput): Withholding {
  const { validators, offline, blockSeconds, roundSeconds } = input;
  const wiggle = (Math.floor(validators / 2) + 1) * WIGGLE_SECONDS;
  const clique = (coalition: number): Run => {
    const { blocks, stalls } = cliqueRun(validators, coalition, offline);
    const bounded = blocks !== undefined && !stalls;
    return { blocks, seconds: bounded ? (blocks + 2) * blockSeconds + wiggle : undefined };
  };
  const bft = (coalition: number): Run => {
    const { blocks } = bftRun(validators, coalition, offline);
    if (blocks === undefined) return { blocks, seconds: undefined };
    let worst = 0;
    for (let timeouts = 0; timeouts <= coalition; timeouts++) {
      // Honest leaders that are offline let their turns time out too, at worst beside those of the coalition.
      const waited = roundSeconds * (2 ** (timeouts + offline) - 1);
      worst = Math.max(worst, (coalition - timeouts) * blockSeconds + waited);
    }
    return { blocks, seconds: worst + 2 * blockSeconds };
  };
  return { clique: protocol(input, clique), bft: protocol(input, bft) };
}

/** What a coalition can do: blocks in a row, and the time until an honest block; undefined where there is no bound. */
interface Run {
  readonly blocks: number | undefined;
  readonly seconds: number | undefined;
}

function protocol(
  { validators, slotSeconds, cutOffSlots, uploadSeconds }: WithholdingInput,
  run: (coalition: number) => Run,
): ProtocolWithholding {
  const coalitions = Array.from({ length: validators }, (_, coalition): WithheldBlocks => {
    const { blocks = null, seconds: blockTime } = run(coalition);
    if (blockTime === undefined)
      return { coalition, blocks, seconds: null, cutOffSlots: null, defeated: false };
    const seconds = uploadSeconds + blockTime;
    const needed = Math.floor(seconds / slotSeconds) + 1;
    return { coalition, blocks, seconds, cutOffSlots: needed, defeated: cutOffSlots >= needed };
  });
  const largest = (holds: (row: WithheldBlocks) => boolean): number =>
    coalitions.findLast(holds)?.coalition ?? -1;
  return {
    validators,
    coalitions,
    mostBounded: largest((row) => row.cutOffSlots !== null),
    mostDefeated: largest(({ defeated }) => defeated),
  };
}
