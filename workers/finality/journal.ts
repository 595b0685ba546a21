import type { Store } from "../store/openStore.js";
import { transaction } from "../store/transaction.js";
import type { Attestation, SignedAttestation } from "./attestation.js";
import type { BlockId } from "../chain/blockId.js";

/** The journal would not let a worker sign: it signed otherwise before, or does not know what. */
export class FinalityJournalError extends Error {
  override readonly name = "FinalityJournalError";
}

/** Two attestations of one seat that exclude each other, kept until they are proved on the chain. */
export interface Evidence {
  readonly seat: number;
  /** The lower one; of the same height as the other where the seat equivocated. */
  readonly first: SignedAttestation;
  readonly second: SignedAttestation;
  /** Of a fork: RLP of the headers from the second block down to the one above the first's height. */
  readonly headers: readonly string[];
}

/** A final block with the signatures that make it so; none where a contract said so. */
export interface FinalBlock extends Attestation {
  readonly attestations: readonly SignedAttestation[];
}

interface Row {
  readonly epoch: number;
  readonly height: number;
  readonly hash: string;
}

/** Signed blocks that are kept: more than a peer ever asks for. */
const KEPT = 8_192;

/**
 * Binds the journal to an overlay and seat, and at its first use notes the chain's height: what this seat signed with a
 * journal that was lost lies at or below that, and is never signed again.
 *
 * @returns the height above which this journal's worker signs.
 * @throws FinalityJournalError if it belongs to another overlay or seat.
 */
export function openFinalityJournal(
  store: Store,
  owner: { readonly overlay: string; readonly seat: number },
  head: number,
): number {
  return transaction(store, () => {
    const kept = store.prepare("SELECT overlay, seat, start FROM finality_journal").get() as
      { overlay: string; seat: number; start: number } | undefined;
    const overlay = owner.overlay.toLowerCase();
    if (kept === undefined) {
      store
        .prepare("INSERT INTO finality_journal (id, overlay, seat, start) VALUES (1, ?, ?, ?)")
        .run(overlay, owner.seat, head);
      return head;
    }
    if (kept.overlay !== overlay || kept.seat !== owner.seat) {
      throw new FinalityJournalError(
        `${store.path}: the journal of signatures is that of seat ${kept.seat} at overlay ${kept.overlay}`,
      );
    }
    return kept.start;
  });
}

/** What was signed last; undefined before the first. */
export function lastSigned(store: Store): Attestation | undefined {
  const row = store
    .prepare("SELECT epoch, height, hash FROM finality_signed ORDER BY epoch DESC, height DESC LIMIT 1")
    .get() as unknown as Row | undefined;
  return row === undefined ? undefined : toAttestation(row);
}

/** What was signed in an epoch from a height on, the lowest first. */
export function signedSince(store: Store, epoch: number, height: number): Attestation[] {
  const rows = store
    .prepare(
      "SELECT epoch, height, hash FROM finality_signed WHERE epoch = ? AND height >= ? ORDER BY height",
    )
    .all(epoch, height);
  return (rows as unknown as Row[]).map(toAttestation);
}

/**
 * Writes down what is about to be signed; on disk when it returns (the store is opened with `synchronous = FULL`).
 *
 * What keeps a worker from ever signing two blocks of one height is here and nowhere else: an epoch and height are
 * taken once, by the table's key, and only above all that was signed before.
 *
 * @param blocks linked: each the parent of the next, or a later descendant; heights grow. None of them changes nothing.
 * @param after what the caller knows these blocks to descend from: what was signed last in this epoch, if anything was.
 * @throws FinalityJournalError, and nothing is written.
 */
export function journalAttestations(
  store: Store,
  epoch: number,
  blocks: readonly BlockId[],
  after: BlockId | undefined,
): Attestation[] {
  if (blocks.length === 0) return [];
  return transaction(store, () => {
    const last = lastSigned(store);
    if (last !== undefined && last.epoch > epoch) {
      throw new FinalityJournalError(`epoch ${last.epoch} was signed in; not ${epoch} again`);
    }
    const before = last?.epoch === epoch ? last : undefined;
    if (before?.number !== after?.number || before?.hash !== after?.hash) {
      throw new FinalityJournalError(
        `block ${before?.number ?? "none"} was signed last, not ${after?.number ?? "none"}`,
      );
    }
    const start = store.prepare("SELECT start FROM finality_journal").get() as { start: number } | undefined;
    if (start === undefined) throw new FinalityJournalError("the journal is not open");
    let height = Math.max(start.start, before?.number ?? -1);
    const insert = store.prepare("INSERT INTO finality_signed (epoch, height, hash) VALUES (?, ?, ?)");
    for (const block of blocks) {
      if (block.number <= height) {
        throw new FinalityJournalError(`block ${block.number} is not above ${height}, which was signed`);
      }
      height = block.number;
      insert.run(epoch, block.number, block.hash);
    }
    store.prepare("DELETE FROM finality_signed WHERE epoch < ? OR height < ?").run(epoch, height - KEPT);
    return blocks.map(({ number, hash }) => ({ epoch, number, hash }));
  });
}

/** The highest block that this worker knows to be final. */
export function latestFinal(store: Store): FinalBlock | undefined {
  const row = store
    .prepare("SELECT epoch, height, hash, attestations FROM finality_final")
    .get() as unknown as (Row & { attestations: string }) | undefined;
  if (row === undefined) return undefined;
  return { ...toAttestation(row), attestations: JSON.parse(row.attestations) as SignedAttestation[] };
}

/** Notes a final block, above the one that was noted before. */
export function noteFinal(store: Store, { epoch, number, hash, attestations }: FinalBlock): void {
  store
    .prepare(
      `INSERT INTO finality_final (id, epoch, height, hash, attestations) VALUES (1, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, height = excluded.height, hash = excluded.hash,
         attestations = excluded.attestations WHERE excluded.height > height`,
    )
    .run(epoch, number, hash, JSON.stringify(attestations));
}

/** Keeps evidence. @returns whether it is the first against the seat at that epoch and height. */
export function keepEvidence(store: Store, evidence: Evidence): boolean {
  const { seat, second } = evidence;
  const { changes } = store
    .prepare("INSERT OR IGNORE INTO finality_evidence (seat, epoch, height, evidence) VALUES (?, ?, ?, ?)")
    .run(seat, second.epoch, second.number, JSON.stringify(evidence));
  return Number(changes) === 1;
}

/** All evidence, by seat. */
export function allEvidence(store: Store): Evidence[] {
  const rows = store.prepare("SELECT evidence FROM finality_evidence ORDER BY seat, epoch, height").all();
  return (rows as unknown as { evidence: string }[]).map(({ evidence }) => JSON.parse(evidence) as Evidence);
}

function toAttestation({ epoch, height, hash }: Row): Attestation {
  return { epoch, number: height, hash };
}
