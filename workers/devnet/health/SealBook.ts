/** Who sealed which blocks of the chain, as it is followed. */
export class SealBook {
  readonly #last = new Map<string, { readonly height: number; readonly seconds: number }>();
  readonly #counts = new Map<string, number>();
  #first: number | undefined;
  #next: number | undefined;

  /** The block to look at next; undefined at the start. */
  get next(): number | undefined {
    return this.#next;
  }

  /** Takes in a block. One at a height that was seen already came by a reorganisation: it counts for its sealer too. */
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
