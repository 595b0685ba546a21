/** The node lacks a block whose reports are stored, or that it named itself: it catches up, or it stands before a fork. */
export class NodeBehindError extends Error {
  override readonly name = "NodeBehindError";
  constructor(readonly block: number) {
    super(`the node does not have block ${block} yet, which was read or named before; waiting for it`);
  }
}

/** The node serves another chain than the one that the database belongs to. */
export class NodeForeignError extends Error {
  override readonly name = "NodeForeignError";
  constructor(why: string) {
    super(`the node serves another chain than the one whose reports are stored (${why}); nothing is undone`);
  }
}

/** The node has none of the blocks whose hashes are stored: what would be undone cannot be told from what stands. */
export class NoCommonBlockError extends Error {
  override readonly name = "NoCommonBlockError";
  /** @param block up to which reports are stored. */
  constructor(readonly block: number) {
    super(
      `the node has none of the blocks up to ${block} whose hashes are stored: it stands on another branch; nothing is undone`,
    );
  }
}
