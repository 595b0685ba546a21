import type { SubmissionKind } from "../store/journal.js";

/**
 * The points at which dying is most awkward, in order: a transaction's nonce is `reserved` and it is not yet signed; it
 * is `journaled` and not yet sent; a node has taken it (`broadcast`) and the journal does not say so yet; it is
 * `included` in a block and the journal does not say so yet; events are stored and the `cursor` has not moved past them
 * yet.
 */
export type Stage = "reserved" | "journaled" | "broadcast" | "included" | "cursor";

/** What happens at a stage. */
export interface StageDetail {
  readonly slot?: number | undefined;
  readonly kind?: SubmissionKind | undefined;
  readonly hash?: string | undefined;
  readonly block?: number | undefined;
}

/** Called at every stage, and waited for. Production gives one that does nothing. */
export type StageObserver = (stage: Stage, detail: StageDetail) => void | Promise<void>;

export function ignoreStages(): void {
  // Nothing to do: nobody watches.
}
