import type { ContractTransactionReceipt, ContractTransactionResponse } from "ethers";

/** What a transaction that was mined cost. */
export interface Cost {
  readonly gas: bigint;
  /** Calldata. */
  readonly bytes: number;
  /** From sending it to its receipt. */
  readonly milliseconds: number;
}

/** Sends a transaction and waits for it. */
export async function measured(
  send: () => Promise<ContractTransactionResponse>,
): Promise<Cost & { readonly receipt: ContractTransactionReceipt }> {
  const started = performance.now();
  const sent = await send();
  const receipt = (await sent.wait())!;
  return {
    receipt,
    gas: receipt.gasUsed,
    bytes: (sent.data.length - 2) / 2,
    milliseconds: performance.now() - started,
  };
}
