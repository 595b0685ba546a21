import type { Finding } from "./types.js";

/** @returns the finding if a balance pays fewer than so many transactions. Where gas is free, it pays for all. */
export function lowBalance(
  balanceWei: bigint,
  transactionWei: bigint,
  transactions: number,
): Finding | undefined {
  if (balanceWei >= transactionWei * BigInt(transactions)) return undefined;
  return {
    name: "lowBalance",
    message: `${balanceWei} wei pay fewer than ${transactions} transactions of ${transactionWei} wei`,
    values: { balanceWei: String(balanceWei), transactionWei: String(transactionWei) },
  };
}
