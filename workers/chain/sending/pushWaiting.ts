import { Transaction } from "ethers";
import { heldNonces, reserveSend, signedForms, waitingFrom, type Send } from "../../store/sends.js";
import { transaction } from "../../store/transaction.js";
import { broadcastSends } from "./broadcastSends.js";
import { chooseFees, feesOf, raiseFees } from "./fees.js";
import type { Line } from "./line.js";
import { signForms, type Form } from "./signForms.js";
import type { Fees, Head, SenderParts } from "./types.js";

/** Transactions that one look sends again, and nonces that it fills, at most. */
const MOST_AT_ONCE = 200;
const FILLER_GAS = 21_000n;

/**
 * Sees to the transactions that wait for a block: signs what was only reserved, gives the node what it does not have,
 * raises the fees where the first in line is stuck, and fills nonces that nobody holds below those that wait.
 *
 * @param counts How many transactions of the account the chain has, and the node knows.
 * @param onTheirWay Transactions that others were sending when the node counted, by their `id`: they are left alone.
 */
export async function pushWaiting(
  parts: SenderParts,
  line: Line,
  head: Head,
  { included, known }: { readonly included: number; readonly known: number },
  onTheirWay: ReadonlySet<number>,
): Promise<void> {
  const { store, chain, settings, logger } = parts;
  const stalled = line.stalledFor(included, head.number);
  const stuck = stalled >= settings.stuckBlocks;
  const waiting = waitingFrom(store, included, stuck ? included : known);
  const last = waiting.at(-1);
  if (last === undefined) return;
  const fees = await chooseFees(chain, head, settings.fees);

  const forms: Form[] = waiting.filter(({ state }) => state === "reserved").map((send) => ({ send, fees }));
  if (stuck) {
    const holes = reserveHoles(parts, Math.max(included, known), last.nonce);
    for (const send of holes) {
      logger.warn({ nonce: send.nonce }, "nobody holds a nonce below those that wait; filling it");
      forms.push({ send, fees });
    }
  }
  for (const send of waiting) {
    if (!send.abandoned || send.state === "reserved") continue;
    const signed = signedForms(store, send.id);
    if (signed.some(({ filler }) => filler)) continue;
    const raised = raiseFees(feesOf(Transaction.from(signed.at(-1)!.raw)), fees, settings.fees.cap);
    forms.push({ send, fees: raised ?? fees, filler: true });
  }
  if (stuck) forms.push(...raisedForms(parts, line, head, waiting, included, fees));
  const signed = await signForms(parts, head, forms);
  const fresh = new Set(signed.map(({ id }) => id));
  const unknown = waiting.filter(
    ({ id, nonce, state }) =>
      !fresh.has(id) && !onTheirWay.has(id) && (state === "journaled" || nonce >= known || line.isUnpaid(id)),
  );
  const all = [...signed, ...unknown].sort((a, b) => a.nonce - b.nonce);
  await broadcastSends(parts, line, all.slice(0, MOST_AT_ONCE), stuck);
}

/** Nonces from one on, below the last that waits, that no living transaction holds: each gets a filler. */
function reserveHoles({ store, account, now }: SenderParts, from: number, last: number): Send[] {
  return transaction(store, () => {
    const held = heldNonces(store, from);
    const holes: Send[] = [];
    for (let nonce = from; nonce < last && holes.length < MOST_AT_ONCE; nonce++) {
      if (held.has(nonce)) continue;
      const purpose = `nonce ${nonce}`;
      const call = { purpose, to: account, data: "0x", gas: FILLER_GAS, at: Math.floor(now()), filler: true };
      holes.push(reserveSend(store, call, nonce));
    }
    return holes;
  });
}

/** The first in line with higher fees, and with it those behind it that the base fee has left behind. */
function raisedForms(
  { store, settings, logger, describe }: SenderParts,
  line: Line,
  head: Head,
  waiting: readonly Send[],
  count: number,
  fees: Fees,
): Form[] {
  const first = waiting[0];
  // No fee helps a node to take what the account cannot pay for.
  if (first?.nonce !== count || line.isUnpaid(first.id)) return [];
  const behind = waiting.slice(1, MOST_AT_ONCE);
  const forms: Form[] = [];
  for (const send of [first, ...behind]) {
    const form = signedForms(store, send.id).at(-1);
    if (form === undefined || send.state === "reserved" || send.abandoned !== form.filler) continue;
    const before = feesOf(Transaction.from(form.raw));
    if (send !== first && before.max > (head.baseFee ?? 0n)) continue;
    if (head.number - form.head < settings.stuckBlocks) continue;
    const { cap } = settings.fees;
    const raised = raiseFees(before, fees, cap);
    const fields = { ...(describe?.(send) ?? { purpose: send.purpose }), hash: send.hash, nonce: send.nonce };
    if (raised === undefined) {
      if (line.saysCapped(send.nonce))
        logger.warn({ ...fields, cap: `${cap}` }, "stuck with fees at the cap");
      continue;
    }
    logger.warn({ ...fields, maxFee: `${raised.max}` }, "transaction stuck; sent again with higher fees");
    forms.push({ send, fees: raised, filler: form.filler });
  }
  return forms;
}
