import type { BlockId } from "../../finality/types.js";
import {
  moveSend,
  nextNonce,
  placeSend,
  reserveAnew,
  sendsInState,
  signedForms,
  type Send,
  type Signed,
} from "../../store/sends.js";
import { transaction } from "../../store/transaction.js";
import { isNodeDown } from "../isNodeDown.js";
import { revertReason } from "../revertReason.js";
import type { Standing } from "./canonicalBlocks.js";
import { callOf } from "./signForms.js";
import type { Head, Mined, SenderParts } from "./types.js";

/** Receipts that are asked for at a time. */
const TOGETHER = 100;

/**
 * Finds the blocks of the transactions whose nonce the chain has used. A receipt counts only if its block is on the
 * chain by number and hash: for a moment one can stand without its transaction. Where a nonce went to a transaction of
 * other hands, and that is settled, the call gets another nonce if it still goes through.
 *
 * @param count How many transactions of the account the chain has, asked for before any receipt.
 * @param depth Confirmations.
 */
export async function findMined(
  parts: SenderParts,
  head: Head,
  count: number,
  depth: number,
  standing: (block: BlockId) => Promise<Standing>,
): Promise<void> {
  const passed = sendsInState(parts.store, "reserved", "journaled", "broadcast").filter(
    ({ nonce }) => nonce < count,
  );
  let settled: number | undefined;
  for (let first = 0; first < passed.length; first += TOGETHER) {
    const some = passed.slice(first, first + TOGETHER);
    const found = await Promise.all(some.map(async (send) => await findForm(parts, send, standing)));
    for (const [i, send] of some.entries()) {
      const one = found[i];
      if (one !== undefined) {
        await note(parts, send, one.form, one.mined);
        continue;
      }
      // Never signed, so never sent: no need to wait until the other is settled.
      if (send.state !== "reserved" || signedForms(parts.store, send.id).length > 0) {
        settled ??= await settledCount(parts, head, depth);
        if (settled <= send.nonce) continue;
      }
      await replaceNonce(parts, send, count);
    }
  }
}

async function findForm(
  { store, chain }: SenderParts,
  send: Send,
  standing: (block: BlockId) => Promise<Standing>,
): Promise<{ readonly form: Signed; readonly mined: Mined } | undefined> {
  for (const form of signedForms(store, send.id).toReversed()) {
    const mined = await chain.mined(form.hash);
    if (mined !== undefined && (await standing(mined.block)) === "stands") return { form, mined };
  }
  return undefined;
}

async function note(parts: SenderParts, send: Send, { hash, filler }: Signed, mined: Mined): Promise<void> {
  const { store, logger, observe, describe } = parts;
  const { block, succeeded, gasUsed } = mined;
  const fields = {
    ...(describe?.(send) ?? { purpose: send.purpose }),
    hash,
    block: block.number,
    gas: Number(gasUsed),
  };
  const placed = { ...send, hash, block };
  await observe?.("included", placed);
  placeSend(store, send.id, succeeded && !filler ? "included" : "reverted", hash, block);
  if (filler) logger.info(fields, "nonce of a transaction that was given up used up");
  else if (succeeded) logger.info(fields, "transaction included");
  else logger.info(fields, "transaction reverted");
}

/** How many transactions of the account nothing undoes any more: those up to the confirmed, or the final block. */
async function settledCount(
  { chain, account, finality }: SenderParts,
  head: Head,
  depth: number,
): Promise<number> {
  const confirmed = head.number - depth;
  const final = finality === undefined ? confirmed : ((await finality.latest())?.number ?? -1);
  const at = Math.min(confirmed, final);
  if (at < 0) return 0;
  try {
    return await chain.count(account, at);
  } catch (error) {
    if (isNodeDown(error)) throw error;
    // The node keeps no state that old: another look, at a later block.
    return 0;
  }
}

/**
 * The nonce of a transaction went to another, of other hands, for good: none of its forms can take effect any more. It
 * is signed anew under another nonce, unless its call would be refused now.
 */
async function replaceNonce(parts: SenderParts, send: Send, count: number): Promise<void> {
  const { store, chain, account, logger, describe } = parts;
  const { id, to, nonce, hash } = send;
  const fields = { ...(describe?.(send) ?? { purpose: send.purpose }), hash, nonce };
  const lost = "its nonce was used by another transaction";
  if (send.filler || send.abandoned) {
    moveSend(store, id, "failed", send.reason ?? lost);
    return;
  }
  const { data, gas } = callOf(parts, send);
  try {
    await chain.estimateGas({ from: account, to, data });
  } catch (error) {
    if (isNodeDown(error)) throw error;
    const revert = revertReason(error)?.message;
    moveSend(store, id, "failed", revert === undefined ? lost : `${lost}, and now: ${revert}`);
    logger.warn(
      { ...fields, revert },
      "nonce used by another transaction, and the call would be refused now",
    );
    return;
  }
  transaction(store, () => reserveAnew(store, id, nextNonce(store, count), data, gas));
  logger.warn(fields, "nonce used by another transaction; signed anew");
}
