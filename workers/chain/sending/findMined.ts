import type { BlockId } from "../blockId.js";
import {
  moveSend,
  nextNonce,
  placeSend,
  reserveAnew,
  signedForms,
  waitingBelow,
  type Send,
  type Signed,
} from "../../store/sends.js";
import { transaction } from "../../store/transaction.js";
import { isNodeDown } from "../isNodeDown.js";
import { revertReason } from "../revertReason.js";
import type { Standing } from "./canonicalBlocks.js";
import { callOf } from "./signForms.js";
import { usedIn } from "./usedIn.js";
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
  const passed = waitingBelow(parts.store, count);
  const found = await findForms(parts, passed, standing);
  await note(parts, found);
  const placed = new Set(found.map(({ send }) => send.id));
  const missing = passed.filter(({ id }) => !placed.has(id));
  if (missing.length === 0) return;
  let settled: number | undefined;
  for (const send of missing) {
    const forms = signedForms(parts.store, send.id);
    // Never signed, so never sent: no need to wait until the other is settled.
    if (forms.length > 0) {
      settled ??= await settledBlock(parts, head, depth);
      const used = await usedIn(parts, send.nonce, settled);
      if (used === undefined) continue;
      // A node that has turned to another branch can give receipts of the old one for good: the block itself tells.
      const block = await parts.chain.minedIn(used);
      const form = forms.find(({ hash }) => block?.has(hash));
      if (form !== undefined) {
        await note(parts, [{ send, form, mined: block!.get(form.hash)! }]);
        continue;
      }
    }
    await replaceNonce(parts, send, count);
  }
}

/** A transaction that is in a block, and the form that is. */
interface Found {
  readonly send: Send;
  readonly form: Signed;
  readonly mined: Mined;
}

/**
 * The forms of transactions that are in a block. The chain uses nonces in their order: of many, the first and the last are
 * asked for by themselves, and the others lie in the blocks from the one's to the other's, which are read as a whole.
 *
 * @param sends By nonce.
 */
async function findForms(
  parts: SenderParts,
  sends: readonly Send[],
  standing: (block: BlockId) => Promise<Standing>,
): Promise<Found[]> {
  const found: Found[] = [];
  let left = sends.map((send) => ({ send, forms: signedForms(parts.store, send.id).toReversed() }));
  const ask = async (some: typeof left): Promise<Found[]> => {
    const all = some.map(async ({ send, forms }) => await findForm(parts, send, forms, standing));
    return (await Promise.all(all)).filter((one) => one !== undefined);
  };
  if (left.length > FEW) {
    // By the form that was signed last: another that is in a block is asked for below.
    const ends = await Promise.all(
      [left[0]!, left.at(-1)!].map(async ({ forms: [form] }) => form && (await parts.chain.mined(form.hash))),
    );
    const numbers = ends.flatMap((mined) => (mined === undefined ? [] : [mined.block.number]));
    const known = await minedBetween(parts, numbers[0] ?? 0, numbers.at(-1) ?? -1, left.length);
    left = left.filter(({ send, forms }) => {
      const form = forms.find(({ hash }) => known.has(hash));
      if (form !== undefined) found.push({ send, form, mined: known.get(form.hash)! });
      return form === undefined;
    });
  }
  for (let first = 0; first < left.length; first += TOGETHER) {
    found.push(...(await ask(left.slice(first, first + TOGETHER))));
  }
  return found;
}

/** What was mined from one block to another, by hash, unless they are more than so many. */
async function minedBetween(
  { chain }: SenderParts,
  first: number,
  last: number,
  most: number,
): Promise<ReadonlyMap<string, Mined>> {
  if (last - first >= most) return new Map();
  const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const blocks = await Promise.all(numbers.map(async (number) => await chain.minedIn(number)));
  return new Map(blocks.flatMap((block) => [...(block ?? [])]));
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

/** The last block that nothing undoes any more: the confirmed or, where there is such, the final one. */
async function settledBlock({ finality }: SenderParts, head: Head, depth: number): Promise<number> {
  const confirmed = head.number - depth;
  const final = finality === undefined ? confirmed : ((await finality.latest())?.number ?? -1);
  return Math.min(confirmed, final);
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
