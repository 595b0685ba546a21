import { decodeRequest, type MeterRequest } from "../messages/request.js";
import type { Ack, AckAbout } from "../messages/ack.js";
import { STANDINGS } from "../chain/reasons.js";
import { decodeReport } from "../report/decodeReport.js";
import { hexlify, type TransactionReceipt } from "ethers";
import { type Send, sendById } from "../../store/sends.js";
import { transaction } from "../../store/transaction.js";
import {
  dropBatch,
  dropItem,
  enqueue,
  isQueued,
  itemsOf,
  itemsOfInterval,
  itemsOfMeter,
  noteAnswered,
  noteSeen,
  openBatches,
  type QueueItem,
  type QueueLength,
  queueLength,
  waitAgain,
} from "./queue/queue.js";
import { readOutcome } from "./readOutcome.js";
import { receiveReport } from "./receiveReport.js";
import { sendBatches } from "./sendBatches.js";
import { SessionBook } from "./sessionBook.js";
import type { ConcentratorCounts, ConcentratorParts, ConcentratorTerms } from "./types.js";

/** A message that came, before it is in the queue. */
interface Incoming {
  readonly kind: "report" | "request";
  readonly meter: number;
  readonly payload: Uint8Array;
}

/** What is known of a request before it is taken in. */
interface LookedAtRequest {
  readonly report: undefined;
  readonly request: MeterRequest | undefined;
  readonly wanted: number | undefined;
}

/** A transaction that carries something, and the block of it that was looked at. */
interface Batch {
  readonly id: number;
  readonly send: Send | undefined;
  readonly seen: string | undefined;
}

/** Why a report is skipped that the chain takes by another call, or has already. */
const STALE = "Stale";
const RECENT = "Recent";
const DUPLICATE = "Duplicate";
/** The part of the queue that one meter may have, as one of so many, and what it may have in any case. */
const SHARES = 10;
const LEAST_SHARE = 16;

/**
 * A data concentrator (paper 002): takes reports and requests of meters, keeps them on disk, brings them to the chain many at
 * a time, and tells each meter what became of them: in a block, then final. What a lost block said is told anew. It can die
 * anywhere: the meter has what was not on disk yet, and all else goes on from there.
 */
export class Concentrator {
  readonly #parts: ConcentratorParts;
  readonly #terms: ConcentratorTerms;
  readonly #sessions: SessionBook;
  readonly #incoming: Incoming[] = [];
  /** Items in the queue, as the last turn left it: counting them for each message would take longer the more there are. */
  #queued: number;
  /** How many of them are of each meter. */
  readonly #incomingOfMeter = new Map<number, number>();
  readonly counts: ConcentratorCounts = {
    received: 0,
    accepted: 0,
    final: 0,
    batches: 0,
    gasUsed: 0,
    registered: 0,
    sessions: 0,
    busy: 0,
    refused: new Map(),
  };

  constructor(parts: ConcentratorParts, terms: ConcentratorTerms) {
    this.#parts = parts;
    this.#terms = terms;
    this.#sessions = new SessionBook(parts.metering);
    this.#queued = this.#countQueue();
  }

  /** A message of a meter. It is looked at in the next turn. */
  receive(kind: "report" | "request", meter: number, payload: Uint8Array): void {
    this.counts.received++;
    const { mostQueued } = this.#terms;
    const ofMeter = itemsOfMeter(this.#parts.store, meter) + this.#incomingOf(meter);
    // One meter alone cannot fill the queue for all.
    const share = Math.max(LEAST_SHARE, Math.floor(mostQueued / SHARES));
    if (this.#queued + this.#incoming.length < mostQueued && ofMeter < share) {
      this.#incoming.push({ kind, meter, payload });
      this.#incomingOfMeter.set(meter, this.#incomingOf(meter) + 1);
      return;
    }
    this.counts.busy++;
    this.#tell(meter, { kind: "registration" }, "busy");
  }

  #incomingOf(meter: number): number {
    return this.#incomingOfMeter.get(meter) ?? 0;
  }

  /** The queue. */
  get length(): QueueLength {
    return queueLength(this.#parts.store);
  }

  /** Takes in what came, follows what is under way, sends what is due. @returns whether anything was done. */
  async turn(): Promise<boolean> {
    const taken = await this.#takeIn();
    await this.#parts.sender.look(this.#terms.confirmations);
    const followed = await this.#follow();
    const sent = await sendBatches(this.#parts, this.#terms);
    this.counts.batches += sent;
    this.#queued = this.#countQueue();
    return taken + followed + sent > 0;
  }

  #countQueue(): number {
    const { waiting, underWay } = this.length;
    return waiting + underWay;
  }

  async #takeIn(): Promise<number> {
    const { store, domain, now } = this.#parts;
    const at = Math.floor(now());
    const items: Omit<QueueItem, "id" | "send" | "answered">[] = [];
    // Together: of what is new here the contract is asked. Should no node answer, the messages stay.
    const { length } = this.#incoming;
    const looks = await Promise.all(
      this.#incoming.map(async ({ kind, meter, payload }) =>
        kind === "report"
          ? { report: await receiveReport(payload, meter, domain, this.#sessions, at) }
          : await this.#lookAtRequest(meter, payload),
      ),
    );
    // What is taken in counts once it is on disk: should the disk take nothing, the messages stay too, and nobody is told.
    const answers: (() => void)[] = [];
    const incoming = this.#incoming.slice(0, length);
    for (const [i, { meter, payload }] of incoming.entries()) {
      const look = looks[i]!;
      if (look.report === undefined) {
        const { request, wanted } = look;
        if (request === undefined) {
          answers.push(() => this.#count("malformed-request"));
          continue;
        }
        const key = request.kind === "session" ? request.request.sequence : 0;
        if (wanted !== undefined && wanted !== key) {
          const about: AckAbout = { kind: "session", sequence: key };
          answers.push(() => this.#refuse(meter, about, `WrongSequence:${wanted}`));
          continue;
        }
        items.push({ kind: request.kind, meter, key, payload, at });
        continue;
      }
      const received = look.report;
      if (received.reason !== undefined) {
        const { time, hash, reason } = received;
        answers.push(() => this.#refuse(meter, { kind: "report", time, hash }, reason));
        continue;
      }
      const { time } = received.report;
      const [known] = itemsOfInterval(store, meter, time);
      // What is in a block already is answered again; what waits or is under way is answered in time.
      if (known?.answered === true) answers.push(() => this.#tell(meter, aboutOf(known), "included"));
      else if (known?.send === undefined)
        items.push({ kind: known?.kind ?? "report", meter, key: time, payload, at });
    }
    if (items.length > 0) transaction(store, () => items.forEach((item) => enqueue(store, item)));
    this.#queued += items.length;
    this.#forget(length);
    for (const answer of answers) answer();
    return items.length;
  }

  /** So many of the messages that came were taken in. */
  #forget(count: number): void {
    for (const { meter } of this.#incoming.splice(0, count)) {
      const left = this.#incomingOf(meter) - 1;
      if (left > 0) this.#incomingOfMeter.set(meter, left);
      else this.#incomingOfMeter.delete(meter);
    }
  }

  /** A request, undefined if it is none of this meter's, and the number that a session must have which is new here. */
  async #lookAtRequest(meter: number, payload: Uint8Array): Promise<LookedAtRequest> {
    const request = decodeRequest(payload);
    if (request?.kind !== "session") return { report: undefined, request, wanted: undefined };
    const { meter: named, sequence } = request.request;
    if (named !== meter) return { report: undefined, request: undefined, wanted: undefined };
    const queued = isQueued(this.#parts.store, meter, "session", sequence);
    return { report: undefined, request, wanted: queued ? undefined : await this.#nextSequence(meter) };
  }

  /** What became of the transactions under way. */
  async #follow(): Promise<number> {
    const { store, logger } = this.#parts;
    let moved = 0;
    const batches = openBatches(store).map((batch) => ({
      ...batch,
      send: sendById(store, batch.send),
      id: batch.send,
    }));
    const receipts = await this.#receipts(batches);
    for (const { id, send, seen } of batches) {
      if (send === undefined || send.state === "failed" || send.state === "superseded") {
        logger.error(
          { send: id, reason: send?.reason },
          "a transaction of reports failed; they are sent again",
        );
        transaction(store, () => {
          for (const item of itemsOf(store, id)) waitAgain(store, item);
          dropBatch(store, id);
        });
        moved++;
        continue;
      }
      const mined = send.state === "included" || send.state === "confirmed" || send.state === "final";
      if (!mined) {
        if (seen !== undefined) this.#undo(id);
        continue;
      }
      if (seen !== undefined && seen !== send.block?.hash) this.#undo(id);
      if (seen !== send.block?.hash) {
        const receipt = receipts.get(id);
        if (receipt == null || receipt.blockHash !== send.block?.hash) continue;
        const items = itemsOf(store, id);
        await this.#answer(id, items, readOutcome(receipt, items), receipt.blockHash);
        this.counts.gasUsed += Number(receipt.gasUsed);
        moved++;
      }
      if (send.state === "final") {
        const done = itemsOf(store, id);
        transaction(store, () => {
          for (const { id: item } of done) dropItem(store, item);
          dropBatch(store, id);
        });
        for (const item of done) this.#tell(item.meter, aboutOf(item), "final");
        this.counts.final += done.filter(({ kind }) => kind === "report" || kind === "backfill").length;
        moved++;
      }
    }
    return moved;
  }

  /** The receipts of transactions in blocks that were not looked at, asked for together. */
  async #receipts(batches: readonly Batch[]): Promise<Map<number, TransactionReceipt | null>> {
    const { provider } = this.#parts;
    const fresh = batches.filter(({ send, seen }) => send?.block !== undefined && seen !== send.block.hash);
    return new Map(
      await Promise.all(
        fresh.map(async ({ id, send }) => [id, await provider.getTransactionReceipt(send!.hash!)] as const),
      ),
    );
  }

  /** A block was lost: what it said is said no more. */
  #undo(send: number): void {
    const { store, logger } = this.#parts;
    const items = itemsOf(store, send);
    logger.warn({ send, items: items.length }, "the chain has turned to another branch");
    transaction(store, () => {
      for (const { id } of items) noteAnswered(store, id, false);
      noteSeen(store, send, undefined);
    });
  }

  /** Tells each meter what the block says of its item. */
  async #answer(
    send: number,
    items: readonly QueueItem[],
    outcome: ReadonlyMap<number, string | undefined>,
    block: string,
  ): Promise<void> {
    const { store } = this.#parts;
    const answers: (() => void)[] = [];
    const changes: (() => void)[] = [];
    for (const item of items) {
      const reason = outcome.get(item.id);
      const { meter } = item;
      if (reason === undefined) {
        changes.push(() => noteAnswered(store, item.id, true));
        answers.push(() => this.#tell(meter, aboutOf(item), "included"));
        if (item.kind === "registration") this.counts.registered++;
        else if (item.kind === "session") this.counts.sessions++;
        else this.counts.accepted++;
      } else if (reason === STALE || reason === RECENT) {
        // Another call takes it.
        changes.push(() => waitAgain(store, item, reason === STALE ? "backfill" : "report"));
      } else {
        changes.push(() => dropItem(store, item.id));
        const verdict = reason === DUPLICATE ? await this.#standing(item) : undefined;
        if (verdict !== undefined) answers.push(() => this.#tell(meter, aboutOf(item), verdict));
        else {
          const named =
            reason === "WrongSequence" ? `WrongSequence:${await this.#nextSequence(meter)}` : reason;
          answers.push(() => this.#refuse(meter, aboutOf(item), named));
        }
      }
    }
    transaction(store, () => {
      for (const change of changes) change();
      noteSeen(store, send, block);
    });
    for (const answer of answers) answer();
  }

  /** What the chain holds already is stored: in a block, or final. */
  async #standing({ meter, key }: QueueItem): Promise<"included" | "final" | undefined> {
    const { metering, finality } = this.#parts;
    const accepted = async (blockTag: number | "latest"): Promise<boolean> =>
      STANDINGS[Number(await metering.standingOf(meter, key, { blockTag }))] === "Accepted";
    if (!(await accepted("latest"))) return undefined;
    const final = await finality.latest();
    return final !== undefined && (await accepted(final.number)) ? "final" : "included";
  }

  /** The number that the meter's next session must have. */
  async #nextSequence(meter: number): Promise<number> {
    const { sequence } = await this.#parts.metering.meterAt(meter);
    return Number(sequence) + 1;
  }

  #refuse(meter: number, about: AckAbout, reason: string): void {
    this.#count(reason);
    if (about.kind === "report" && about.time === 0) return;
    this.#tell(meter, about, "refused", reason);
  }

  #count(reason: string): void {
    const [name = reason] = reason.split(":");
    this.counts.refused.set(name, (this.counts.refused.get(name) ?? 0) + 1);
  }

  #tell(meter: number, about: AckAbout, verdict: Ack["verdict"], reason?: string): void {
    const { tell, now } = this.#parts;
    tell(meter, {
      now: Math.floor(now()),
      about,
      verdict,
      ...(reason === undefined ? {} : { reason }),
    });
  }
}

function aboutOf(item: QueueItem): AckAbout {
  if (item.kind === "registration") return { kind: "registration" };
  if (item.kind === "session") return { kind: "session", sequence: item.key };
  return { kind: "report", time: item.key, hash: hexlify(decodeReport(item.payload).hash) };
}
