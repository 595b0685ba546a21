/** What a settled slot brings to `net`; every array is by seat. Credits are whole numbers. */
export interface NettingInput {
  /** Balances at the slot's start, never negative. */
  readonly credits: readonly bigint[];
  /** Δ̃ in units of 1/(n-1) credits, n the number of active seats. */
  readonly change: readonly bigint[];
  /** Credits that the operator's own meters earned: the most that an operator at zero balance is paid. */
  readonly ownReward: readonly bigint[];
  /** Whether the seat is that of a member. Seats that are not keep what they have. */
  readonly active: readonly boolean[];
  /** The active seat that gets what rounding leaves over. */
  readonly remainderSeat: number;
}

/**
 * The balances after a slot's netting (paper section 4, Algorithm 1; the design's "Netting"): the plain reference
 * of `contracts/consortium/libraries/Netting.sol`, sentence by sentence.
 *
 * @returns Credits by seat. Their sum is that of `credits`, and none is negative.
 */
export function net(input: NettingInput): bigint[] {
  const operators = input.credits.map((balance, seat) => ({
    seat,
    balance,
    active: input.active[seat] ?? false,
    change: input.change[seat] ?? 0n,
    ownReward: input.ownReward[seat] ?? 0n,
  }));
  const members = operators.filter((operator) => operator.active);
  const others = BigInt(members.length - 1);

  // With one operator nothing moves.
  if (members.length <= 1) return [...input.credits];

  // Who has Δ̃ < 0 pays ⌈-Δ̃/(n-1)⌉, at most its balance.
  const payments = members
    .filter((operator) => operator.change < 0n)
    .map(({ seat, change, balance }) => {
      const owed = divideUp(-change, others);
      return { seat, credits: owed < balance ? owed : balance };
    });

  // Who has Δ̃ > 0 is due ⌊Δ̃/(n-1)⌋; an operator at zero balance at most its own rewards.
  const dues = members
    .filter((operator) => operator.change > 0n)
    .map(({ seat, change, balance, ownReward }) => {
      const due = change / others;
      return { seat, credits: balance === 0n && ownReward < due ? ownReward : due };
    });

  // If payments fall short of dues, dues are scaled down by their ratio, rounded down.
  const paid = sum(payments);
  const due = sum(dues);
  const receipts =
    paid < due ? dues.map(({ seat, credits }) => ({ seat, credits: (credits * paid) / due })) : dues;

  // What is left over goes to the remainder seat.
  const leftOver = { seat: input.remainderSeat, credits: paid - sum(receipts) };

  return operators.map(
    ({ seat, balance }) => balance - sumAt(payments, seat) + sumAt([...receipts, leftOver], seat),
  );
}

interface Amount {
  readonly seat: number;
  readonly credits: bigint;
}

/** ⌈a/b⌉ for a ≥ 0 and b > 0. */
function divideUp(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

function sum(amounts: readonly Amount[]): bigint {
  return amounts.reduce((total, amount) => total + amount.credits, 0n);
}

function sumAt(amounts: readonly Amount[], seat: number): bigint {
  return sum(amounts.filter((amount) => amount.seat === seat));
}
