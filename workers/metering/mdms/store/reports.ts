import type { BlockId } from "../../../finality/types.js";
import type { Database, Session } from "../database/types.js";
import { moveProgress } from "./progress.js";

/** A report that the contract accepted, as the chain has it. */
export interface ChainReport {
  /** The meter's number on the chain. */
  readonly meter: number;
  /** End of its interval, unix seconds. */
  readonly tau: number;
  /** Epoch of the MDMS's key that opens it, modulo 256. */
  readonly epoch: number;
  /** Its 158 bytes. */
  readonly payload: Uint8Array;
  readonly transactionHash: string;
  readonly block: number;
  /** Unix seconds. */
  readonly blockTime: number;
}

/** Blocks whose hashes are kept: how deep a branch can be left. */
const BLOCKS_KEPT = 512;

/**
 * Stores what the chain holds in the blocks after `from` and up to the last of `blocks`, and moves the progress there,
 * in one transaction. A report that is stored already stays as it is.
 *
 * @param blocks the hashes to keep, in ascending order; the last is where the progress moves to.
 * @throws ProgressMovedError if another instance was faster.
 */
export async function takeReports(
  database: Database,
  from: BlockId | undefined,
  blocks: readonly BlockId[],
  reports: readonly ChainReport[],
): Promise<void> {
  const to = blocks.at(-1);
  if (to === undefined) return;
  await database.transaction(async (session) => {
    await moveProgress(session, from, to);
    for (const { meter, tau, epoch, payload, transactionHash, block, blockTime } of reports) {
      await session.run(
        `INSERT INTO reports (meter, tau, epoch, block, block_time, transaction_hash, payload, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'sealed') ON CONFLICT DO NOTHING`,
        meter,
        tau,
        epoch,
        block,
        blockTime,
        transactionHash,
        payload,
      );
    }
    for (const { number, hash } of blocks) {
      await session.run(
        "INSERT INTO blocks (number, hash) VALUES ($1, $2) ON CONFLICT (number) DO UPDATE SET hash = excluded.hash",
        number,
        hash,
      );
    }
    await session.run("DELETE FROM blocks WHERE number < $1", to.number - BLOCKS_KEPT);
  });
}

/**
 * Undoes what blocks said that the chain has left: their reports go, and the intervals that these measured.
 *
 * @param from where the progress stands.
 * @param to the last block that both branches share; undefined if none is known, so that all is read again.
 * @throws ProgressMovedError if another instance was faster.
 */
export async function rewindReports(
  database: Database,
  from: BlockId,
  to: BlockId | undefined,
): Promise<number> {
  return database.transaction(async (session) => {
    const last = to?.number ?? -1;
    await moveProgress(session, from, to ?? { number: -1, hash: "" });
    if (to === undefined) await session.run("DELETE FROM progress");
    await session.run(
      `DELETE FROM intervals WHERE quality = 'measured' AND EXISTS (SELECT 1 FROM reports
       WHERE reports.meter = intervals.meter AND reports.tau = intervals.tau AND reports.block > $1)`,
      last,
    );
    await session.run("DELETE FROM blocks WHERE number > $1", last);
    return session.run("DELETE FROM reports WHERE block > $1", last);
  });
}

/** The blocks whose hashes are known, latest first. */
export async function knownBlocks(session: Session): Promise<BlockId[]> {
  return session.all<BlockId>("SELECT number, hash FROM blocks ORDER BY number DESC");
}

/** Of a sealed report: its block is released, and its meter is at a usage point. Both are asked for before any key is. */
const RELEASED = "state = 'sealed' AND block_time <= $1";
const PLACED = "EXISTS (SELECT 1 FROM installations WHERE installations.meter = reports.meter)";

/**
 * Up to `limit` reports that wait to be opened, of blocks up to a time (unix seconds), oldest first. Those of meters that are at
 * no usage point, and of epochs whose keys are not at hand, are passed over: they hold no others up.
 *
 * @param keyless such epochs, modulo 256.
 */
export async function sealedReports(
  session: Session,
  until: number,
  limit: number,
  keyless: ReadonlySet<number>,
): Promise<ChainReport[]> {
  const epochs = [...keyless];
  const withKey =
    epochs.length === 0 ? "" : `AND epoch NOT IN (${epochs.map((_, i) => `$${i + 3}`).join(", ")})`;
  const rows = await session.all<ReportRow>(
    `SELECT meter, tau, epoch, block, block_time, transaction_hash, payload FROM reports
     WHERE ${RELEASED} AND ${PLACED} ${withKey} ORDER BY block, meter, tau LIMIT $2`,
    until,
    limit,
    ...epochs,
  );
  return rows.map(({ transaction_hash: transactionHash, block_time: blockTime, payload, ...row }) => ({
    ...row,
    transactionHash,
    blockTime,
    payload: Uint8Array.from(payload),
  }));
}

/** How many reports of blocks up to a time `sealedReports` passes over. @param keyless epochs, modulo 256 */
export async function countWaiting(
  session: Session,
  until: number,
  keyless: ReadonlySet<number>,
): Promise<number> {
  const epochs = [...keyless];
  const ofKeyless =
    epochs.length === 0 ? "" : `OR epoch IN (${epochs.map((_, i) => `$${i + 2}`).join(", ")})`;
  const [row] = await session.all<{ n: number }>(
    `SELECT count(*) AS n FROM reports WHERE ${RELEASED} AND (NOT ${PLACED} ${ofKeyless})`,
    until,
    ...epochs,
  );
  return row?.n ?? 0;
}

interface ReportRow extends Omit<ChainReport, "transactionHash" | "blockTime"> {
  readonly block_time: number;
  readonly transaction_hash: string;
}

/** How many reports stand in each state. */
export async function countReports(session: Session): Promise<Record<string, number>> {
  const rows = await session.all<{ state: string; n: number }>(
    "SELECT state, count(*) AS n FROM reports GROUP BY state",
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

/** How many reports of an epoch wait to be opened. @param epoch modulo 256 */
export async function countSealed(session: Session, epoch: number): Promise<number> {
  const [row] = await session.all<{ n: number }>(
    "SELECT count(*) AS n FROM reports WHERE state = 'sealed' AND epoch = $1",
    epoch,
  );
  return row?.n ?? 0;
}

/** Gives up the reports of an epoch that wait: its key is destroyed. @param epoch modulo 256 */
export async function giveUpSealed(session: Session, epoch: number, reason: string): Promise<number> {
  return session.run(
    "UPDATE reports SET state = 'unreadable', payload = NULL, reason = $1 WHERE state = 'sealed' AND epoch = $2",
    reason,
    epoch,
  );
}
