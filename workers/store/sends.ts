import { getBytes, hexlify } from "ethers";
import type { BlockId } from "../chain/blockId.js";
import type { Store } from "./openStore.js";
import { transaction } from "./transaction.js";

/**
 * Where a transaction stands. Its nonce is `reserved` before it is signed; it is `journaled` before it is sent,
 * `broadcast` once a node has taken it, `included` in a block or `reverted` in one, `confirmed` when enough blocks lie
 * above it, `final` when it can be undone no more; or at an end without effect: `superseded` (somebody else did it
 * first) or `failed`.
 */
export type SendState =
  | "reserved"
  | "journaled"
  | "broadcast"
  | "included"
  | "reverted"
  | "confirmed"
  | "final"
  | "superseded"
  | "failed";

/** A transaction of the account, under one of its nonces. */
export interface Send {
  readonly id: number;
  /** What it is for. At most one transaction is alive for a purpose. */
  readonly purpose: string;
  readonly to: string;
  /** Gas limit. */
  readonly gas: bigint;
  readonly nonce: number;
  readonly state: SendState;
  /** Of the one that is in a block, else of the one that was signed last; undefined while none is signed. */
  readonly hash: string | undefined;
  /** Where it is included or reverted. */
  readonly block: BlockId | undefined;
  /** Why it was superseded or failed, or why it is given up. */
  readonly reason: string | undefined;
  /** Unix seconds. */
  readonly at: number;
  /** It only takes a nonce up that would else hold back those above it. */
  readonly filler: boolean;
  /** It is given up: a filler is sent under its nonce. Whichever comes into a block counts. */
  readonly abandoned: boolean;
}

/** One signed form of a transaction. Those of one nonce differ in their fees, or in being a filler. */
export interface Signed {
  readonly hash: string;
  readonly send: number;
  readonly nonce: number;
  /** Hexadecimal. Empty once the transaction is long final. */
  readonly raw: string;
  /** Latest block when it was signed. */
  readonly head: number;
  /** It is not the call, but an empty payment to oneself in its place. */
  readonly filler: boolean;
}

/** What is to be sent, before it has a nonce. */
export interface NewSend {
  readonly purpose: string;
  readonly to: string;
  /** Hexadecimal. */
  readonly data: string;
  readonly gas: bigint;
  readonly at: number;
  readonly filler?: boolean;
}

/** A purpose has a transaction that is under way or done. */
export class SendDuplicateError extends Error {
  override readonly name = "SendDuplicateError";
  constructor(readonly purpose: string) {
    super(`${purpose}: a transaction for it is in the journal already`);
  }
}

interface Row {
  readonly id: number;
  readonly purpose: string;
  readonly recipient: string;
  readonly gas: number;
  readonly nonce: number;
  readonly state: SendState;
  readonly hash: string | null;
  readonly block: number | null;
  readonly block_hash: string | null;
  readonly reason: string | null;
  readonly at: number;
  readonly filler: number;
  readonly abandoned: number;
}

const ALIVE = "state NOT IN ('superseded', 'failed')";
const COLUMNS =
  "id, purpose, recipient, gas, nonce, state, hash, block, block_hash, reason, at, filler, abandoned";

/** The nonce for the next transaction: above all that were ever given, and all that the chain has seen. */
export function nextNonce(store: Store, chainCount: number): number {
  const row = store.prepare("SELECT max(nonce) AS nonce FROM sends").get() as { nonce: number | null };
  return Math.max(chainCount, (row.nonce ?? -1) + 1);
}

/**
 * Gives a call a nonce, before it is signed.
 *
 * @throws SendDuplicateError if its purpose has a transaction that is alive.
 */
export function reserveSend(store: Store, call: NewSend, nonce: number): Send {
  if (liveSend(store, call.purpose) !== undefined) throw new SendDuplicateError(call.purpose);
  const { lastInsertRowid } = store
    .prepare(
      `INSERT INTO sends (purpose, recipient, data, gas, nonce, state, at, filler) VALUES (?, ?, ?, ?, ?, 'reserved', ?, ?)`,
    )
    .run(
      call.purpose,
      call.to,
      getBytes(call.data),
      Number(call.gas),
      nonce,
      call.at,
      call.filler === true ? 1 : 0,
    );
  return sendById(store, Number(lastInsertRowid))!;
}

/** Takes a nonce that is lost from a transaction, and gives it another: it is to be signed anew. */
export function reserveAnew(store: Store, id: number, nonce: number, data: string, gas: bigint): void {
  store
    .prepare("UPDATE sends SET nonce = ?, data = ?, gas = ?, state = 'reserved', hash = NULL WHERE id = ?")
    .run(nonce, getBytes(data), Number(gas), id);
}

/** Writes a signed form down, before it is sent. The call's data need not be kept twice. */
export function journalSigned(store: Store, signed: Signed): void {
  store
    .prepare("INSERT OR IGNORE INTO signed (hash, send, nonce, raw, head, filler) VALUES (?, ?, ?, ?, ?, ?)")
    .run(signed.hash, signed.send, signed.nonce, signed.raw, signed.head, signed.filler ? 1 : 0);
  store
    .prepare(
      `UPDATE sends SET data = x'', hash = ?, state = CASE state WHEN 'reserved' THEN 'journaled' ELSE state END
       WHERE id = ?`,
    )
    .run(signed.hash, signed.send);
}

/** The data of a call that is not signed yet, hexadecimal. */
export function reservedData(store: Store, id: number): string {
  const row = store.prepare("SELECT data FROM sends WHERE id = ?").get(id) as { data: Uint8Array };
  return hexlify(row.data);
}

/** Every signed form of a transaction, oldest first. */
export function signedForms(store: Store, id: number): Signed[] {
  const rows = store.prepare("SELECT * FROM signed WHERE send = ? ORDER BY rowid").all(id);
  return rows.map((row) => ({ ...row, filler: row["filler"] === 1 }) as unknown as Signed);
}

/** Moves a transaction on to another state. */
export function moveSend(store: Store, id: number, state: SendState, reason?: string): void {
  store
    .prepare("UPDATE sends SET state = ?, reason = coalesce(?, reason) WHERE id = ?")
    .run(state, reason ?? null, id);
}

/** Notes the block that a transaction is in. */
export function placeSend(
  store: Store,
  id: number,
  state: "included" | "reverted",
  hash: string,
  block: BlockId,
): void {
  store
    .prepare("UPDATE sends SET state = ?, hash = ?, block = ?, block_hash = ? WHERE id = ?")
    .run(state, hash, block.number, block.hash, id);
}

/** What is included up to a block is confirmed. */
export function confirmSends(store: Store, block: number): void {
  store.prepare("UPDATE sends SET state = 'confirmed' WHERE state = 'included' AND block <= ?").run(block);
}

/** What is confirmed in blocks is final. */
export function finaliseBlocks(store: Store, blocks: readonly BlockId[]): void {
  transaction(store, () => {
    const update = store.prepare(
      "UPDATE sends SET state = 'final' WHERE state = 'confirmed' AND block = ? AND block_hash = ?",
    );
    for (const { number, hash } of blocks) update.run(number, hash);
  });
}

/** Takes the transactions of a block that the chain lost back to where they were before. @returns them. */
export function displaceSends(store: Store, block: BlockId): Send[] {
  const lost = rowsOf(
    store,
    `block = ? AND block_hash = ? AND state IN ('included', 'reverted', 'confirmed', 'final')
     AND EXISTS (SELECT 1 FROM signed WHERE send = sends.id AND raw != '')`,
    block.number,
    block.hash,
  );
  store
    .prepare(
      `UPDATE sends SET state = 'broadcast', block = NULL, block_hash = NULL
       WHERE block = ? AND block_hash = ? AND state IN ('included', 'reverted', 'confirmed', 'final')
       AND EXISTS (SELECT 1 FROM signed WHERE send = sends.id AND raw != '')`,
    )
    .run(block.number, block.hash);
  return lost;
}

/** Gives a transaction up: a filler takes its nonce. */
export function abandonSend(store: Store, id: number, reason: string): void {
  store.prepare("UPDATE sends SET abandoned = 1, reason = ? WHERE id = ?").run(reason, id);
}

export function sendById(store: Store, id: number): Send | undefined {
  return rowsOf(store, "id = ?", id)[0];
}

/** The transaction of a purpose that is under way or done. */
export function liveSend(store: Store, purpose: string): Send | undefined {
  return rowsOf(store, `purpose = ? AND ${ALIVE}`, purpose)[0];
}

/** The transactions in the given states, by nonce. */
export function sendsInState(store: Store, ...states: readonly SendState[]): Send[] {
  return rowsOf(store, `state IN (${states.map(() => "?").join(", ")})`, ...states);
}

const WAITING = "state IN ('reserved', 'journaled', 'broadcast')";

/** The transactions below a nonce that wait for a block, by nonce. */
export function waitingBelow(store: Store, nonce: number): Send[] {
  return rowsOf(store, `${WAITING} AND nonce < ?`, nonce);
}

/**
 * The transactions from a nonce on that wait for a block, by nonce; without those below another that a node has taken and
 * that are not given up.
 *
 * @param known Nonces from this one on are all wanted.
 */
export function waitingFrom(store: Store, nonce: number, known: number): Send[] {
  return rowsOf(
    store,
    `${WAITING} AND nonce >= ? AND (nonce >= ? OR state != 'broadcast' OR abandoned = 1)`,
    nonce,
    known,
  );
}

/** How many transactions wait for a block. */
export function countInFlight(store: Store): number {
  const row = store.prepare(`SELECT count(*) AS count FROM sends WHERE ${WAITING}`).get() as {
    count: number;
  };
  return row.count;
}

/** The nonces from one on that living transactions hold. */
export function heldNonces(store: Store, from: number): Set<number> {
  const rows = store.prepare(`SELECT nonce FROM sends WHERE nonce >= ? AND ${ALIVE}`).all(from);
  return new Set(rows.map(({ nonce }) => nonce as number));
}

/** The blocks that transactions in the given states are in, from one on, newest first. */
export function blocksOfSends(store: Store, from: number, ...states: readonly SendState[]): BlockId[] {
  const rows = store
    .prepare(
      `SELECT DISTINCT block AS number, block_hash AS hash FROM sends
       WHERE block >= ? AND state IN (${states.map(() => "?").join(", ")}) ORDER BY block DESC`,
    )
    .all(from, ...states);
  return rows.map((row) => ({ ...row }) as unknown as BlockId);
}

/** Lets go of the signed bytes of what is final up to a block: the chain has them. */
export function dropFinalBytes(store: Store, block: number): void {
  store
    .prepare(
      `UPDATE signed SET raw = '' WHERE raw != ''
       AND send IN (SELECT id FROM sends WHERE state = 'final' AND block <= ?)`,
    )
    .run(block);
}

/** Drops fillers that have come to their end. */
export function dropFillers(store: Store): void {
  const ended = "SELECT id FROM sends WHERE filler = 1 AND state IN ('final', 'superseded', 'failed')";
  // The largest nonce stays, so that the next is above it.
  const least = `${ended} AND nonce < (SELECT max(nonce) FROM sends)`;
  store.prepare(`DELETE FROM signed WHERE send IN (${least})`).run();
  store.prepare(`DELETE FROM sends WHERE id IN (${least})`).run();
}

function rowsOf(store: Store, where: string, ...values: readonly (string | number)[]): Send[] {
  const rows = store
    .prepare(`SELECT ${COLUMNS} FROM sends WHERE ${where} ORDER BY nonce, id`)
    .all(...values) as unknown as Row[];
  return rows.map(({ recipient, gas, block, block_hash: blockHash, ...row }) => ({
    ...row,
    to: recipient,
    gas: BigInt(gas),
    hash: row.hash ?? undefined,
    block: block === null || blockHash === null ? undefined : { number: block, hash: blockHash },
    reason: row.reason ?? undefined,
    filler: row.filler === 1,
    abandoned: row.abandoned === 1,
  }));
}
