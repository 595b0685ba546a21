import type { NodeSnapshot } from "./types.js";

/** Remembers since when each node's head, and its number of peers, have been what they are. */
export class Stillness {
  readonly #since = new Map<number, { readonly mark: string; readonly seconds: number }>();

  /**
   * What was seen of the nodes, with how long nothing has changed. A node that lost or won a peer counts as one that
   * moves: it may be about to follow.
   *
   * @param nowSeconds Of a clock that only goes forward.
   */
  look(nodes: readonly Omit<NodeSnapshot, "stillSeconds">[], nowSeconds: number): NodeSnapshot[] {
    for (const number of this.#since.keys())
      if (!nodes.some((node) => node.number === number)) this.#since.delete(number);
    return nodes.map((node) => {
      const mark = `${node.head.hash} ${node.peers}`;
      const before = this.#since.get(node.number);
      const seconds = before?.mark === mark ? before.seconds : nowSeconds;
      this.#since.set(node.number, { mark, seconds });
      return { ...node, stillSeconds: nowSeconds - seconds };
    });
  }
}
