import type { Transaction } from "ethers";
import type { ChainAccess, FeePolicy, Fees, Head, Unsigned } from "./types.js";

/** The least that a pool with a floor takes, wei per gas. */
const LEAST_TIP = 1n;
/** Above twice the base fee: where it is near zero it doubles within a few full blocks. */
const HEAD_ROOM = 16n;
/** A node puts a transaction in the place of another of its nonce if it offers at least a tenth more. */
const BUMP_PERCENT = 10n;

/** What a transaction that is signed now offers: it can be mined until the base fee has doubled, up to the cap. */
export async function chooseFees(
  chain: Pick<ChainAccess, "suggestedPrice">,
  { baseFee }: Pick<Head, "baseFee">,
  { price, cap }: FeePolicy,
): Promise<Fees> {
  if (price !== undefined) return { type: 0, max: price, tip: price };
  const suggested = await chain.suggestedPrice(baseFee);
  if (baseFee === undefined) {
    const max = least(suggested, cap);
    return { type: 0, max, tip: max };
  }
  const tip = suggested > LEAST_TIP ? suggested : LEAST_TIP;
  const max = least(2n * baseFee + tip + HEAD_ROOM, cap);
  return { type: 2, max, tip: least(tip, max) };
}

/**
 * What a transaction offers that takes the place of another: at least a tenth and one wei more in both parts, and no
 * less than a new one would. Undefined if that is beyond the cap.
 */
export function raiseFees(before: Fees, now: Fees, cap: bigint): Fees | undefined {
  const max = most(raise(before.max), now.max);
  const tip = most(raise(before.tip), now.tip);
  if (max > cap) return undefined;
  return now.type === 0 ? { type: 0, max, tip: max } : { type: 2, max: most(max, tip), tip };
}

/** What a signed transaction offers. */
export function feesOf(transaction: Transaction): Fees {
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = transaction;
  if (maxFeePerGas === null || maxPriorityFeePerGas === null) {
    return { type: 0, max: gasPrice ?? 0n, tip: gasPrice ?? 0n };
  }
  return { type: 2, max: maxFeePerGas, tip: maxPriorityFeePerGas };
}

/** The fields of a transaction that carry its fees. */
export function feeFields({
  type,
  max,
  tip,
}: Fees): Pick<Unsigned, "type" | "gasPrice" | "maxFeePerGas" | "maxPriorityFeePerGas"> {
  return type === 0 ? { type, gasPrice: max } : { type, maxFeePerGas: max, maxPriorityFeePerGas: tip };
}

function raise(value: bigint): bigint {
  // Rounded up, and never the same.
  return value + (value * BUMP_PERCENT + 99n) / 100n + (value === 0n ? 1n : 0n);
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
