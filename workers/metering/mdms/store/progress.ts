import type { BlockId } from "../../../chain/blockId.js";
import type { Session } from "../database/types.js";

/** Another instance has moved on since: what was read is stored already, or must be read again. */
export class ProgressMovedError extends Error {
  override readonly name = "ProgressMovedError";
  constructor(readonly from: BlockId | undefined) {
    super(`another instance of the MDMS went on from block ${from?.number ?? "none"}`);
  }
}

/** The last block whose reports are stored; undefined at the start. */
export async function readProgress(session: Session): Promise<BlockId | undefined> {
  const [row] = await session.all<{ block: number; hash: string }>("SELECT block, hash FROM progress");
  return row === undefined ? undefined : { number: row.block, hash: row.hash };
}

/**
 * Moves it, inside the transaction that stores the reports.
 *
 * @throws ProgressMovedError if it does not stand at `from`.
 */
export async function moveProgress(session: Session, from: BlockId | undefined, to: BlockId): Promise<void> {
  const written =
    from === undefined
      ? await session.run(
          "INSERT INTO progress (one, block, hash) VALUES (1, $1, $2) ON CONFLICT DO NOTHING",
          to.number,
          to.hash,
        )
      : await session.run(
          "UPDATE progress SET block = $1, hash = $2 WHERE block = $3 AND hash = $4",
          to.number,
          to.hash,
          from.number,
          from.hash,
        );
  if (written !== 1) throw new ProgressMovedError(from);
}
