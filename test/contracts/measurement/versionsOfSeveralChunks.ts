import { seededRandom } from "../../../workers/grid/seededRandom.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { chord, edge, handMade, probe } from "./handMade.js";

/** A version whose records fill several chunks, and what draws for it. */
interface SeveralChunks {
  readonly records: VersionRecords;
  /** Draws a signed integer of so many bits. */
  readonly signed: (bits: number) => number;
}

/** Versions of several chunks, of which the boundary lies before, in and behind each kind of record. */
export function* versionsOfSeveralChunks(seed: number): Generator<SeveralChunks> {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const signed = (bits: number): number => below(2 ** (bits + 1)) - 2 ** bits;
  for (const [buses, chords, probes] of [
    [766, 3, 4],
    [767, 1, 1],
    [768, 0, 2],
    [5, 761, 3],
    [5, 762, 10],
    [800, 750, 90],
  ] as const) {
    const records = handMade({
      tree: Array.from({ length: buses - 1 }, (_, i) =>
        edge(below(i + 1), signed(25) || 1, 1 + below(2 ** 20), i % 3 === 0 ? undefined : 1 + below(2 ** 20)),
      ),
      chords: Array.from({ length: chords }, () => {
        const from = below(buses);
        const to = (from + 1 + below(buses - 1)) % buses;
        return chord(from, to, signed(25) || 1, signed(20), below(2 ** 20));
      }),
      probes: Array.from({ length: probes }, () =>
        probe(below(buses - 1) + 1, 0, signed(25) || 1, 1 + below(2 ** 20)),
      ),
      rootInjection: 5,
    });
    yield { records, signed };
  }
}
