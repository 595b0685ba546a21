import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { trackTransaction } from "@nomicfoundation/ignition-core";
import type { Provider } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

/** The fields of an entry of Ignition's journal that tell what was sent. */
interface Entry {
  readonly type: string;
  readonly futureId?: string;
  readonly networkInteractionId?: number;
  readonly nonce?: number;
}

/**
 * Writes into the journal of a deployment that was killed what was sent and is not noted there: Ignition notes a
 * transaction's nonce before it sends it, and its hash after that. An entry that was cut short is dropped.
 *
 * @param folder Of the journal.
 * @param fromBlock A block before the deployment.
 */
export async function adoptSent(
  folder: string,
  { ethers, provider }: NetworkConnection,
  deployer: string,
  fromBlock: number,
): Promise<void> {
  const file = join(folder, "journal.jsonl");
  if (!existsSync(file)) return;
  const entries = wholeEntries(file);
  const of = (type: string): Entry[] => entries.filter((entry) => entry.type === type);
  const noted = new Set(of("TRANSACTION_SEND").map(keyOf));
  const lost = of("TRANSACTION_PREPARE_SEND").filter((entry) => !noted.has(keyOf(entry)));
  for (const { nonce } of lost) {
    const hash = await hashOf(ethers.provider, deployer, nonce!, fromBlock);
    if (hash !== undefined) await trackTransaction(folder, hash, provider);
  }
}

function keyOf({ futureId, networkInteractionId }: Entry): string {
  return `${futureId}:${networkInteractionId}`;
}

function wholeEntries(file: string): Entry[] {
  const lines = readFileSync(file, "utf8").split("\n");
  const last = lines.at(-1)!;
  try {
    if (last !== "") JSON.parse(last);
  } catch {
    lines.pop();
    writeFileSync(file, lines.join("\n"));
  }
  return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as Entry);
}

/** The transaction of an account with a nonce; undefined if it is in no block. */
async function hashOf(
  provider: Provider,
  account: string,
  nonce: number,
  fromBlock: number,
): Promise<string | undefined> {
  if ((await provider.getTransactionCount(account)) <= nonce) return undefined;
  // The first block after which the account had sent it: it lies between one where it had not and the newest.
  let before = fromBlock;
  let after = await provider.getBlockNumber();
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if ((await provider.getTransactionCount(account, middle)) > nonce) after = middle;
    else before = middle;
  }
  const block = await provider.getBlock(after, true);
  return block?.prefetchedTransactions.find((one) => one.from === account && one.nonce === nonce)?.hash;
}
