/** The node lacks a block whose reports are stored: it catches up, or it stands before a fork. */
export class NodeBehindError extends Error {
  override readonly name = "NodeBehindError";
  constructor(readonly block: number) {
    super(`the node does not have block ${block} yet, whose reports are stored; waiting for it`);
  }
}

/** The node serves another chain than the one that the database belongs to. */
export class NodeForeignError extends Error {
  override readonly name = "NodeForeignError";
  constructor(why: string) {
    super(`the node serves another chain than the one whose reports are stored (${why}); nothing is undone`);
  }
}
