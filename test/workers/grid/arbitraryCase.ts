import * as fc from "fast-check";
import type { CaseBus, CaseLine, GridCase } from "../../../workers/grid/types.js";

/** Whole kW; never -0. */
const megawatts = fc.integer({ min: -500_000, max: 500_000 }).map((kw) => kw / 1000);
const reactance = fc.double({ min: 0.01, max: 0.5, noNaN: true });

/** A connected grid of 2 to `most` buses: a random tree, then further lines, parallel ones too; bus 0 is reference. */
export function arbitraryCase(most = 20, { islands = 1 } = {}): fc.Arbitrary<GridCase> {
  const island = fc.integer({ min: 2, max: most }).chain((count) =>
    fc.record({
      count: fc.constant(count),
      parents: fc.array(fc.nat(), { minLength: count - 1, maxLength: count - 1 }),
      extra: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: count }),
      load: fc.array(megawatts, { minLength: count, maxLength: count }),
      generation: fc.array(megawatts, { minLength: count, maxLength: count }),
    }),
  );
  return fc
    .record({
      parts: fc.array(island, { minLength: islands, maxLength: islands }),
      numbers: fc.infiniteStream(fc.integer({ min: 1, max: 1_000_000 })),
      reactances: fc.infiniteStream(reactance),
      taps: fc.infiniteStream(fc.constantFrom(1, 1, 0.978, 1.05)),
      shifts: fc.infiniteStream(fc.constantFrom(0, 0, 0, -5.25, 30)),
      baseMva: fc.constantFrom(100, 10, 0.5),
    })
    .map(({ parts, numbers, reactances, taps, shifts, baseMva }) => {
      const used = new Set<number>();
      const fresh = (): number => {
        let number = numbers.next().value as number;
        while (used.has(number)) number++;
        used.add(number);
        return number;
      };
      const buses: CaseBus[] = [];
      const lines: CaseLine[] = [];
      for (const { count, parents, extra, load, generation } of parts) {
        const own = Array.from({ length: count }, (_, index): CaseBus => ({
          number: fresh(),
          reference: index === 0,
          loadMw: load[index]!,
          shuntMw: 0,
          generationMw: generation[index]!,
          inService: true,
        }));
        const pairs = [
          ...parents.map((parent, index) => [parent % (index + 1), index + 1] as const),
          ...extra,
        ];
        for (const [a, b] of pairs) {
          if (a === b) continue;
          lines.push({
            number: lines.length + 1,
            from: own[a]!.number,
            to: own[b]!.number,
            reactance: reactances.next().value as number,
            tap: taps.next().value as number,
            shiftDegrees: shifts.next().value as number,
            inService: true,
          });
        }
        buses.push(...own);
      }
      return { name: "random", source: "", licence: "", baseMva, buses, lines };
    });
}
