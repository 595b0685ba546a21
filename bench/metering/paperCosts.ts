/** Section 5.3.2 of paper 002: milliseconds that a meter needs for timestamp, encryption and signature together. */
export const PAPER_TOTALS = [20.59, 8.02, 13.34, 13.52, 8.96] as const;

/** Table 3 of paper 002, its one meter of which the parts can be read: milliseconds. */
export const PAPER_PARTS = { meter: 5, timestamp: 0.01, encryption: 4.01, signature: 4.94 } as const;

/** A work that the paper compares itself with. */
export interface ComparedWork {
  readonly work: string;
  readonly milliseconds: number;
  /** Undefined where it is not clear which of the paper's figures is the work's. */
  readonly bits: number | undefined;
}

/** Section 5.5 and Figures 7 and 8 of paper 002; the bits of the last are in its section on related work. */
export const COMPARED: readonly ComparedWork[] = [
  { work: "Tsai et al. [8]", milliseconds: 55.98, bits: undefined },
  { work: "Uludag et al. [9]", milliseconds: 158.06, bits: undefined },
  { work: "Odelu et al. [12]", milliseconds: 32.16, bits: undefined },
  { work: "Kumar et al. [13]", milliseconds: 266, bits: 1_376 },
];

/** The bits of the four as the paper lists them: five figures. */
export const COMPARED_BITS = [1_376, 2_240, 6_144, 1_538, 1_376] as const;

/** What the paper takes for the storage of a meter, and what it counts of its own, bytes (section 5.3.1). */
export const PAPER_STORAGE = { most: 3_000, own: 168.25 } as const;
