import type { SignedAttestation } from "./attestation.js";

/** What became of an attestation that was given to the pool. */
export type Admission = "new" | "known" | { readonly conflictsWith: SignedAttestation };

/** A height is kept while it is at most so many blocks below the highest that counts. */
const WINDOW = 512;
/** Blocks of one height that are kept of a seat: two are a proof, and a third says no more. */
const MOST_BLOCKS = 2;

/**
 * Attestations of one epoch, for the heights of a window: bounded by the window, the seats, and two blocks each. What
 * comes in is checked by the caller.
 */
export class AttestationPool {
  readonly #byHeight = new Map<number, Map<number, SignedAttestation[]>>();
  #epoch = 0;
  #top = 0;

  /** Another epoch empties it, a higher top forgets what is far below. */
  move(epoch: number, top: number): void {
    if (epoch !== this.#epoch) this.#byHeight.clear();
    this.#epoch = epoch;
    this.#top = top;
    for (const height of this.#byHeight.keys()) if (!this.covers(height)) this.#byHeight.delete(height);
  }

  /** Whether attestations of a height are kept. */
  covers(height: number): boolean {
    return height > this.#top - WINDOW && height <= this.#top;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Whether this one, or two of the seat and height, are there. */
  has({ number, seat, hash }: SignedAttestation): boolean {
    const kept = this.#byHeight.get(number)?.get(seat) ?? [];
    return kept.length >= MOST_BLOCKS || kept.some((one) => one.hash === hash);
  }

  add(attestation: SignedAttestation): Admission {
    if (this.has(attestation)) return "known";
    const { number, seat } = attestation;
    const seats = this.#byHeight.get(number) ?? new Map<number, SignedAttestation[]>();
    this.#byHeight.set(number, seats);
    const kept = seats.get(seat) ?? [];
    seats.set(seat, [...kept, attestation]);
    const [other] = kept;
    return other === undefined ? "new" : { conflictsWith: other };
  }

  /** Heights with attestations, the highest first. */
  heights(): number[] {
    return [...this.#byHeight.keys()].sort((a, b) => b - a);
  }

  /** The attestations of a height, by block. A seat that signed two counts for both: the quorum allows for it. */
  blocksAt(height: number): Map<string, SignedAttestation[]> {
    const blocks = new Map<string, SignedAttestation[]>();
    for (const kept of this.#byHeight.get(height)?.values() ?? []) {
      for (const one of kept) blocks.set(one.hash, [...(blocks.get(one.hash) ?? []), one]);
    }
    return blocks;
  }

  /** Those from a height on, the newest `most`. */
  since(height: number, most: number): SignedAttestation[] {
    const found: SignedAttestation[] = [];
    for (const at of this.heights()) {
      if (at < height || found.length >= most) break;
      for (const kept of this.#byHeight.get(at)!.values()) found.push(...kept);
    }
    return found.slice(0, most);
  }

  /** All of a seat, by height. */
  ofSeat(seat: number): SignedAttestation[] {
    return this.heights()
      .toReversed()
      .flatMap((height) => this.#byHeight.get(height)!.get(seat) ?? []);
  }
}
