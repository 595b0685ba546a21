import { net } from "./netting.js";
import type { CreditTerms } from "./types.js";

/** What a slot's settlement goes by. Arrays are by seat. */
export interface SlotOutcome {
  readonly credits: readonly bigint[];
  readonly active: readonly boolean[];
  readonly meters: readonly number[];
  readonly reported: readonly number[];
  /** If there was an alarm: w r² summed over the meters, in any scale. */
  readonly shares: readonly bigint[] | undefined;
}

/**
 * The balances after a slot, from the sentences of the design ("Credits"): each meter that reported earns R, each that did
 * not costs Q; after an alarm each costs `A (w r²/S - 1/|M|)`, charges rounded up and gains down; then the netting. The
 * tests hold the slot ledger to it (`SlotCredits.test.ts`), and simulations of incentives run on it.
 *
 * @returns One for each seat that what is left over could go to: that of any meter, or of a member after it.
 */
export function slotCredits(slot: SlotOutcome, terms: CreditTerms): bigint[][] {
  const { credits, active, meters, reported, shares } = slot;
  const members = BigInt(active.filter(Boolean).length);
  const own = meters.map((count, seat) =>
    active[seat]
      ? terms.reward * BigInt(reported[seat]!) - terms.missingPenalty * BigInt(count - reported[seat]!)
      : 0n,
  );
  const sum = own.reduce((total, x) => total + x, 0n);
  const change = own.map((x, seat) =>
    active[seat]
      ? members * x - sum + anomaly(meters, shares, seat, terms.anomalyPenalty * (members - 1n))
      : 0n,
  );
  const ownReward = reported.map((count, seat) => (active[seat] ? terms.reward * BigInt(count) : 0n));
  const owners = [...active.keys()].filter((seat) => active[seat]);
  return owners.map((remainderSeat) => net({ credits, change, ownReward, active, remainderSeat }));
}

/** `charge · (m_o/|M| - S_o/S)`, rounded down. */
function anomaly(
  meters: readonly number[],
  shares: readonly bigint[] | undefined,
  seat: number,
  charge: bigint,
): bigint {
  if (shares === undefined) return 0n;
  const count = BigInt(meters.reduce((total, m) => total + m, 0));
  const whole = shares.reduce((total, s) => total + s, 0n) * count;
  const numerator = charge * (BigInt(meters[seat]!) * (whole / count) - shares[seat]! * count);
  const towardZero = numerator / whole;
  return numerator < 0n && numerator % whole !== 0n ? towardZero - 1n : towardZero;
}
