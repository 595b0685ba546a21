/** The head of the line: which nonce is next on the chain, and since when. */
export class Line {
  #count = -1;
  #since = 0;
  /** Nonces of which it was said that they are at the cap. */
  readonly #capped = new Set<number>();
  /** Transactions, by their `id`, that the account could not pay for when they were given to the node. */
  readonly #unpaid = new Set<number>();

  /** @returns for how many blocks the chain has taken nothing of the account. */
  stalledFor(count: number, head: number): number {
    if (count > this.#count && this.#count >= 0) this.#unpaid.clear();
    if (count !== this.#count || head < this.#since) {
      this.#count = count;
      this.#since = head;
      this.#capped.clear();
    }
    return head - this.#since;
  }

  /** @returns whether it is the first time. */
  saysCapped(nonce: number): boolean {
    const first = !this.#capped.has(nonce);
    this.#capped.add(nonce);
    return first;
  }

  /** @returns whether the account could pay for all until now. */
  cannotPayFor(id: number): boolean {
    const first = this.#unpaid.size === 0;
    this.#unpaid.add(id);
    return first;
  }

  paysFor(id: number): void {
    this.#unpaid.delete(id);
  }

  isUnpaid(id: number): boolean {
    return this.#unpaid.has(id);
  }
}
