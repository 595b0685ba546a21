import {
  countInFlight,
  nextNonce,
  reserveSend,
  SendDuplicateError,
  liveSend,
  type Send,
} from "../../store/sends.js";
import { transaction } from "../../store/transaction.js";
import { broadcastSends } from "./broadcastSends.js";
import { canonicalBlocks } from "./canonicalBlocks.js";
import { displaceLost } from "./displaceLost.js";
import { SenderFullError } from "./errors.js";
import { chooseFees } from "./fees.js";
import { findMined } from "./findMined.js";
import { Line } from "./line.js";
import { pushWaiting } from "./pushWaiting.js";
import { settleMined } from "./settleMined.js";
import { signForms } from "./signForms.js";
import type { Head, SenderCall, SenderParts } from "./types.js";

/** Room above the estimate, percent: other calls may come first and change what this one costs. */
const GAS_MARGIN_PERCENT = 25n;

/**
 * Sends the transactions of one account, many at a time, and looks after them until nothing can undo them. All it knows
 * is in the store and on the chain: it can die anywhere and go on from there.
 *
 * A call's nonce is reserved in the store, then it is signed, then the signed bytes are stored, and only then do they
 * leave the process. Whatever is sent again, with higher fees too, has the same nonce, so that a purpose takes effect
 * once. It gets another nonce only when a transaction of other hands has taken its own and nothing undoes that any more.
 */
export class Sender {
  readonly #parts: SenderParts;
  readonly #line = new Line();
  /** What is under way: reservations and looks go one after another. */
  #last: Promise<unknown> = Promise.resolve();
  /** What is on its way to the node, by `id`. A look can go on beside: it leaves these to who sends them. */
  readonly #sending = new Set<number>();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** How many more transactions may wait for a block. */
  room(): number {
    const { store, settings } = this.#parts;
    return Math.max(0, settings.maxInFlight - countInFlight(store));
  }

  /** As `sendAll`, of one call. */
  async send(call: SenderCall): Promise<Send> {
    return (await this.sendAll([call]))[0]!;
  }

  /**
   * Sends calls under ascending nonces; looks can go on beside. Once their nonces are reserved, they are sent whatever happens: what fails
   * after that (no node answers, the process dies) is made good by the next look.
   *
   * @throws SendDuplicateError if a purpose has a transaction that is alive, SenderFullError if there is no room, and
   *   what `estimateGas` throws if a call would revert: nothing is reserved then.
   */
  async sendAll(calls: readonly SenderCall[]): Promise<Send[]> {
    const { store, chain, account, settings, now, observe } = this.#parts;
    for (const { purpose } of calls) {
      if (liveSend(store, purpose) !== undefined) throw new SendDuplicateError(purpose);
    }
    const gas = await Promise.all(calls.map(async (call) => call.gasLimit ?? (await this.#gasOf(call))));
    const signed = await this.#alone(async () => {
      const room = this.room();
      if (room < calls.length) throw new SenderFullError(settings.maxInFlight - room, settings.maxInFlight);
      const [head, pending] = await Promise.all([chain.head(), chain.count(account, "pending")]);
      const fees = await chooseFees(chain, head, settings.fees);
      const at = Math.floor(now());
      const reserved = transaction(store, () => {
        const first = nextNonce(store, pending);
        return calls.map(({ beside, ...call }, i) => {
          const send = reserveSend(store, { ...call, gas: gas[i]!, at }, first + i);
          beside?.(send.id);
          return send;
        });
      });
      for (const send of reserved) await observe?.("reserved", send);
      const forms = await signForms(
        this.#parts,
        head,
        reserved.map((send) => ({ send, fees })),
      );
      for (const { id } of forms) this.#sending.add(id);
      return forms;
    });
    try {
      await broadcastSends(this.#parts, this.#line, signed);
    } finally {
      for (const { id } of signed) this.#sending.delete(id);
    }
    return signed;
  }

  /**
   * Looks after all that is not final: notes what is in a block, confirmed, final, or lost with its block; sends again
   * what the node does not have; raises fees; heals gaps.
   *
   * @param depth Blocks above a transaction's own by which it is confirmed.
   * @returns the head it went by.
   * @throws what the chain throws; nothing is lost by it, and the next look goes on.
   */
  async look(depth: number): Promise<Head> {
    return await this.#alone(async () => {
      const { chain, account } = this.#parts;
      // What the node counts may lack these, even if they are there when the count comes.
      const onTheirWay = new Set(this.#sending);
      // The counts come before the receipts: what is included after them has a receipt below.
      const [head, included, known] = await Promise.all([
        chain.head(),
        chain.count(account, "latest"),
        chain.count(account, "pending"),
      ]);
      const standing = canonicalBlocks(chain);
      await displaceLost(this.#parts, head, standing);
      await findMined(this.#parts, head, included, depth, standing);
      await pushWaiting(this.#parts, this.#line, head, { included, known }, onTheirWay);
      await settleMined(this.#parts, head, depth);
      return head;
    });
  }

  async #gasOf({ to, data }: SenderCall): Promise<bigint> {
    const { chain, account } = this.#parts;
    const gas = await chain.estimateGas({ from: account, to, data });
    return gas + (gas * GAS_MARGIN_PERCENT + 99n) / 100n;
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return await mine;
  }
}
