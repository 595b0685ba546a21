import { isNodeDown } from "../isNodeDown.js";
import type { SenderParts } from "./types.js";

/**
 * The block in which the chain used a nonce of the account.
 *
 * @param last The last block that counts.
 * @returns its number; undefined if it is none up to there, or the node keeps no state that old.
 */
export async function usedIn(
  { chain, account }: Pick<SenderParts, "chain" | "account">,
  nonce: number,
  last: number,
): Promise<number | undefined> {
  const isUsedAt = async (number: number): Promise<boolean> => (await chain.count(account, number)) > nonce;
  try {
    if (last < 0 || !(await isUsedAt(last))) return undefined;
    let [unused, used] = [last, last];
    // Back in steps that double: it is near, as a rule, and not every node has what is far back.
    for (let step = 1; unused === used; step *= 2) {
      unused = Math.max(-1, used - step);
      if (unused >= 0 && (await isUsedAt(unused))) used = unused;
    }
    while (used - unused > 1) {
      const middle = Math.floor((used + unused) / 2);
      if (await isUsedAt(middle)) used = middle;
      else unused = middle;
    }
    return used;
  } catch (error) {
    if (isNodeDown(error)) throw error;
    // Another look, at a later block.
    return undefined;
  }
}
