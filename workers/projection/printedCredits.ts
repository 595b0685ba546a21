/** A slot as Algorithm 1 sees it; credits are whole numbers, arrays "by seat" have an entry for each operator. */
export interface PrintedSlot {
  /** By seat, at the slot's start. */
  readonly deposits: readonly bigint[];
  /** By meter: who owns it. */
  readonly seats: readonly number[];
  /** By meter: whether it reported. */
  readonly reported: readonly boolean[];
  readonly reward: bigint;
  readonly missingPenalty: bigint;
  /** Of a complete slot with J above τ: w r² by meter in any common scale, A, and the meter drawn for what rounding leaves. */
  readonly anomaly?:
    { readonly shares: readonly bigint[]; readonly penalty: bigint; readonly luckyMeter: number } | undefined;
}

/**
 * The deposits after a slot, by Algorithm 1 as printed (paper 003, sections 4.1 and 5.2): `changeDeposit` for each meter,
 * one after the other, then equation (1). The plain reference of `PrintedCredits.sol`.
 */
export function printedCredits(slot: PrintedSlot): bigint[] {
  const deposits = [...slot.deposits];
  for (const [meter, seat] of slot.seats.entries()) {
    if (slot.reported[meter]!) changeDeposit(deposits, seat, slot.reward);
    else changeDeposit(deposits, seat, -slot.missingPenalty);
  }
  if (slot.anomaly !== undefined && slot.reported.every(Boolean)) applyAnomaly(deposits, slot, slot.anomaly);
  return deposits;
}

/** The operator gains or loses x, the others make up for it in equal parts; nobody pays more than it has. */
function changeDeposit(deposits: bigint[], seat: number, x: bigint): void {
  const others = deposits.map((_, other) => other).filter((other) => other !== seat);
  if (others.length === 0) return;
  if (x >= 0n) {
    for (const other of others)
      move(deposits, other, seat, least(x / BigInt(others.length), deposits[other]!));
    return;
  }
  // Who has no credits gains nothing from the fines of others.
  const share = least(-x, deposits[seat]!) / BigInt(others.length);
  for (const other of others.filter((at) => deposits[at]! > 0n)) move(deposits, seat, other, share);
}

/** Equation (1), summed over the meters of an operator: charges rounded up, gains down. */
function applyAnomaly(
  deposits: bigint[],
  { seats }: PrintedSlot,
  { shares, penalty, luckyMeter }: NonNullable<PrintedSlot["anomaly"]>,
): void {
  const total = shares.reduce((sum, share) => sum + share, 0n);
  if (total === 0n) return;
  const meters = BigInt(seats.length);
  const charge = deposits.map((_, seat) => {
    // A (S_o / S - m_o / |M|) over the common denominator S |M|.
    let numerator = 0n;
    for (const [meter, owner] of seats.entries()) {
      if (owner === seat) numerator += penalty * (shares[meter]! * meters - total);
    }
    const denominator = total * meters;
    return numerator > 0n ? (numerator + denominator - 1n) / denominator : -(-numerator / denominator);
  });
  let pot = 0n;
  for (const [seat, owed] of charge.entries()) {
    if (owed <= 0n) continue;
    const paid = least(owed, deposits[seat]!);
    deposits[seat]! -= paid;
    pot += paid;
  }
  const due = charge.reduce((sum, owed) => (owed < 0n ? sum - owed : sum), 0n);
  let left = pot;
  for (const [seat, owed] of charge.entries()) {
    if (owed >= 0n) continue;
    const paid = pot < due ? (-owed * pot) / due : -owed;
    deposits[seat]! += paid;
    left -= paid;
  }
  deposits[seats[luckyMeter]!]! += left;
}

function move(deposits: bigint[], from: number, to: number, amount: bigint): void {
  deposits[from]! -= amount;
  deposits[to]! += amount;
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
