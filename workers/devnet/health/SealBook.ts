/**
 * Who sealed which blocks of the chain, as it is followed: each height once, as it was when it was read. Blocks that a
 * reorganisation puts in the place of others are not read again: until a sealer's next block, what is said of it may be of a
 * block that was lost.
 */
export class SealBook {
  readonly #last = new Map<string, { readonly height: number; readonly seconds: number }>();
  readonly #counts = new Map<string, number>();
  #first: number | undefined;
  #next: number | undefined;

  /** The block to look at next; undefined at the start. */
  get next(): number | undefined {
    return this.#next;
  }

  /** Takes in a block. Heights go up. */
  add(height: number, sealer: string, blockSeconds: number): void {
    const key = sealer.toLowerCase();
    this.#first ??= height;
    this.#next = height + 1;
    this.#last.set(key, { height, seconds: blockSeconds });
    this.#counts.set(key, this.countOf(sealer) + 1);
  }

  countOf(sealer: string): number {
    return this.#counts.get(sealer.toLowerCase()) ?? 0;
  }

  /** The time of a sealer's last block; null if none was seen. */
  secondsOf(sealer: string): number | null {
    return this.#last.get(sealer.toLowerCase())?.seconds ?? null;
  }

  /** Blocks since a sealer's last one, or since the first that was seen; null if no block was. */
  blocksSince(sealer: string): number | null {
    if (this.#next === undefined || this.#first === undefined) return null;
    return this.#next - 1 - (this.#last.get(sealer.toLowerCase())?.height ?? this.#first - 1);
  }
}
