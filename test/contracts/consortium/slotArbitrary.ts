import * as fc from "fast-check";
import type { NettingInput } from "../../../workers/incentives/netting.js";

const int256Max = 2n ** 255n - 1n;

const balance = fc.oneof(
  fc.constant(0n),
  fc.bigInt(0n, 20n),
  fc.bigInt(0n, 10n ** 12n),
  fc.bigInt(0n, 2n ** 57n),
);
const change = fc.oneof(
  fc.constant(0n),
  fc.bigInt(-50n, 50n),
  fc.bigInt(-(10n ** 12n), 10n ** 12n),
  fc.bigInt(-(2n ** 130n), 2n ** 130n),
  fc.constantFrom(-int256Max - 1n, -int256Max, int256Max),
);
const ownReward = fc.oneof(
  fc.constant(0n),
  fc.bigInt(0n, 20n),
  fc.bigInt(0n, 10n ** 12n),
  fc.constant(2n ** 256n - 1n),
);
const seat = fc.record({ balance, change, ownReward, active: fc.boolean() });

/** Random slots of 1 to 88 seats (mostly few), some empty, of which the sum of credits fits in 64 bits. */
export const slotArbitrary: fc.Arbitrary<NettingInput> = fc
  .tuple(
    fc.oneof(
      { weight: 9, arbitrary: fc.array(seat, { minLength: 1, maxLength: 6 }) },
      { weight: 1, arbitrary: fc.array(seat, { minLength: 7, maxLength: 88 }) },
    ),
    fc.nat(),
  )
  .map(([seats, pick]) => {
    const remainderSeat = pick % seats.length;
    return {
      credits: seats.map((each) => each.balance),
      change: seats.map((each) => each.change),
      ownReward: seats.map((each) => each.ownReward),
      active: seats.map((each, number) => each.active || number === remainderSeat),
      remainderSeat,
    };
  });

/** The bit map of `Seats.sol` for one flag a seat. */
export function bitmapOf(active: readonly boolean[]): bigint {
  return active.reduce((bitmap, flag, number) => (flag ? bitmap | (1n << BigInt(number)) : bitmap), 0n);
}
