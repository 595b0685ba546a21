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
/** As few as this are asked for one by one. */
const FEW = 4;

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
  const blocks: ReadonlyMap<string, Mined>[] = [];
  for (let first = 0; first < passed.length; first += TOGETHER) {
    const some = passed.slice(first, first + TOGETHER);
    const found = await findForms(parts, some, standing, blocks);
    await note(parts, [...found.values()]);
    for (const send of some) {
      if (found.has(send.id)) continue;
      // Never signed, so never sent: no need to wait until the other is settled.
      if (send.state !== "reserved" || signedForms(parts.store, send.id).length > 0) {
        settled ??= await settledCount(parts, head, depth);
        if (settled <= send.nonce) continue;
      }
      await replaceNonce(parts, send, count);
    }
  }
}

/** A transaction that is in a block, and the form that is. */
interface Found {
  readonly send: Send;
  readonly form: Signed;
  readonly mined: Mined;
}

/**
 * The forms of transactions that are in a block. Where there are many, one is asked for by itself, and then all of its
 * block: those beside it need not be asked for one by one.
 *
 * @param blocks What blocks of this look hold; those that are read are added.
 */
async function findForms(
  parts: SenderParts,
  sends: readonly Send[],
  standing: (block: BlockId) => Promise<Standing>,
  blocks: ReadonlyMap<string, Mined>[],
): Promise<Map<number, Found>> {
  const found = new Map<number, Found>();
  let left = sends.map((send) => ({ send, forms: signedForms(parts.store, send.id).toReversed() }));
  const takeKnown = (): void => {
    for (const { send, forms } of left) {
      const form = forms.find(({ hash }) => blocks.some((block) => block.has(hash)));
      if (form === undefined) continue;
      const mined = blocks.find((block) => block.has(form.hash))!.get(form.hash)!;
      found.set(send.id, { send, form, mined });
    }
    left = left.filter(({ send }) => !found.has(send.id));
  };
  takeKnown();
  while (left.length > FEW) {
    const [{ send, forms }, ...others] = left as [(typeof left)[number], ...typeof left];
    left = others;
    const one = await findForm(parts, send, forms, standing);
    if (one === undefined) continue;
    found.set(send.id, one);
    const block = await parts.chain.minedIn(one.mined.block);
    if (block === undefined) break;
    blocks.push(block);
    takeKnown();
  }
  const rest = await Promise.all(
    left.map(async ({ send, forms }) => await findForm(parts, send, forms, standing)),
  );
  for (const one of rest) if (one !== undefined) found.set(one.send.id, one);
  return found;
}

async function findForm(
  { chain }: SenderParts,
  send: Send,
  forms: readonly Signed[],
  standing: (block: BlockId) => Promise<Standing>,
): Promise<Found | undefined> {
  for (const form of forms) {
    const mined = await chain.mined(form.hash);
    if (mined !== undefined && (await standing(mined.block)) === "stands") return { send, form, mined };
  }
  return undefined;
}

async function note(
  { store, logger, observe, describe }: SenderParts,
  found: readonly Found[],
): Promise<void> {
  for (const { send, form, mined } of found) {
    await observe?.("included", { ...send, hash: form.hash, block: mined.block });
  }
  transaction(store, () => {
    for (const { send, form, mined } of found) {
      const { block, succeeded, gasUsed } = mined;
      placeSend(store, send.id, succeeded && !form.filler ? "included" : "reverted", form.hash, block);
      const fields = {
        ...(describe?.(send) ?? { purpose: send.purpose }),
        hash: form.hash,
        block: block.number,
        gas: Number(gasUsed),
      };
      if (form.filler) logger.info(fields, "nonce of a transaction that was given up used up");
      else if (succeeded) logger.info(fields, "transaction included");
      else logger.info(fields, "transaction reverted");
    }
  });
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
