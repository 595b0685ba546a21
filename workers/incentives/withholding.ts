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
  /** Blocks in a row that are its own; null if there is no bound. */
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
  /** The largest coalition that some T defeats. */
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
  const clique = (coalition: number): [blocks: number | undefined, seconds: number] => {
    const { blocks, stalls } = cliqueRun(validators, coalition, offline);
    return [stalls ? undefined : blocks, ((blocks ?? 0) + 2) * blockSeconds + wiggle];
  };
  const bft = (coalition: number): [blocks: number | undefined, seconds: number] => {
    const { blocks } = bftRun(validators, coalition, offline);
    let worst = 0;
    for (let timeouts = 0; timeouts <= coalition; timeouts++) {
      const waited = roundSeconds * (2 ** timeouts - 1);
      worst = Math.max(worst, (coalition - timeouts) * blockSeconds + waited);
    }
    // Honest leaders that are offline let their turns time out too, beside those of the coalition.
    const absent = offline === 0 ? 0 : roundSeconds * (2 ** (coalition + offline) - 2 ** coalition);
    return [blocks, worst + absent + 2 * blockSeconds];
  };
  return { clique: protocol(input, clique), bft: protocol(input, bft) };
}

function protocol(
  { validators, slotSeconds, cutOffSlots, uploadSeconds }: WithholdingInput,
  run: (coalition: number) => [blocks: number | undefined, seconds: number],
): ProtocolWithholding {
  const coalitions = Array.from({ length: validators }, (_, coalition): WithheldBlocks => {
    const [blocks, blockTime] = run(coalition);
    if (blocks === undefined)
      return { coalition, blocks: null, seconds: null, cutOffSlots: null, defeated: false };
    const seconds = uploadSeconds + blockTime;
    const needed = Math.floor(seconds / slotSeconds) + 1;
    return { coalition, blocks, seconds, cutOffSlots: needed, defeated: cutOffSlots >= needed };
  });
  const largest = (holds: (row: WithheldBlocks) => boolean): number =>
    coalitions.findLast(holds)?.coalition ?? -1;
  return {
    validators,
    coalitions,
    mostBounded: largest(({ blocks }) => blocks !== null),
    mostDefeated: largest(({ defeated }) => defeated),
  };
}
