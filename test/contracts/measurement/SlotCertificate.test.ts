import { expect } from "chai";
import * as fc from "fast-check";
import { before, describe, it } from "mocha";
import { certificate } from "../../../workers/measurement/certificate.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { arbitraryVersion } from "../../workers/grid/version/arbitraryVersion.js";
import { arbitrarySubmission, submissionFor } from "../../workers/measurement/arbitrarySubmission.js";
import { chord, edge, handMade, probe } from "./handMade.js";
import { versionsOfSeveralChunks } from "./versionsOfSeveralChunks.js";
import { certificateHarness, type Submission, type Verdict } from "./evaluateCertificates.js";

const OUT_OF_PROPORTION = 2n ** 256n - 1n;

describe("SlotCertificate", () => {
  let evaluate: Awaited<ReturnType<typeof certificateHarness>>;
  before(async () => {
    evaluate = await certificateHarness();
  });

  const version = fc.oneof(arbitraryVersion(10), arbitraryVersion(4, { islands: 3 }));

  it("agrees with the plain reference bit for bit, on every kind of record and any angles", async () => {
    const seen = {
      full: 0,
      beyond: 0,
      chords: 0,
      probes: 0,
      pmuProbes: 0,
      anchors: 0,
      virtual: 0,
      atParent: 0,
    };
    await fc.assert(
      fc.asyncProperty(
        version,
        fc.array(arbitrarySubmission, { minLength: 4, maxLength: 4 }),
        async ({ built: { records } }, made) => {
          const submissions = made.map((one) => submissionFor(records, one));
          const verdicts = await evaluate(records, submissions);
          verdicts.forEach((verdict, i) => expectReference(records, submissions[i]!, verdict));
          seen.full += verdicts.filter((v) => v.overStatement !== OUT_OF_PROPORTION).length;
          seen.beyond += verdicts.filter((v) => v.overStatement === OUT_OF_PROPORTION).length;
          seen.chords += records.geometry.chords;
          seen.probes += records.geometry.probes;
          seen.pmuProbes += records.probes.filter(({ kind }) => kind === "pmu").length;
          seen.anchors += records.geometry.anchors;
          seen.virtual += records.geometry.virtualRows;
          seen.atParent += records.tree.filter(({ mainAtParent }) => mainAtParent).length;
        },
      ),
      { numRuns: 60, seed: 118, endOnFailure: true },
    );
    for (const [what, times] of Object.entries(seen)) expect(times, what).to.be.above(5);
  });

  it("agrees with it over several chunks, of which the boundary lies anywhere", async () => {
    for (const { records, signed } of versionsOfSeveralChunks(118)) {
      const submissions = [10, 25].map((bits) => ({
        values: Array.from({ length: records.geometry.meters }, () => signed(15)),
        angles: records.tree.map((_, i) => (i === 0 ? 0 : signed(bits))),
      }));
      const verdicts = await evaluate(records, submissions);
      verdicts.forEach((verdict, i) => {
        expect(verdict.overStatement).not.to.equal(OUT_OF_PROPORTION);
        expectReference(records, submissions[i]!, verdict);
      });
    }
  });

  describe("at the bounds of its integers", () => {
    it("counts J up to 2^176 - 1, and gives up at 2^176", async () => {
      // J = (w + w') (b θ)²: with b θ = -2^72, one weight more is the difference.
      const [b, angles] = [2 ** 33, [0, -(2 ** 39)]];
      const [below] = await evaluate(pair(b, 2 ** 31, 2 ** 31 - 1), [{ values: [0, 0], angles }]);
      expect(below!.objective).to.equal(2n ** 176n - 2n ** 144n);
      expect(below!.shares.map((s) => s >> 144n)).to.deep.equal([2n ** 31n, 2n ** 31n - 1n]);
      const [at] = await evaluate(pair(b, 2 ** 31, 2 ** 31), [{ values: [0, 0], angles }]);
      expect(at!).to.deep.equal({ objective: 2n ** 176n, overStatement: OUT_OF_PROPORTION, shares: [] });
    });

    it("squares a subtree's sum S below 2^120, and gives up at 2^120, and below -2^120", async () => {
      // S = b w z 2^40 - b² w θ.
      const [b, weight] = [2 ** 38, 2 ** 31];
      const records = handMade({ tree: [edge(0, b, weight)] });
      const less = 2n ** 120n - 2n ** 107n;
      const cases: [z: number, theta: number, eta: bigint][] = [
        [2 ** 11, 0, OUT_OF_PROPORTION],
        [2 ** 11, 1, eta(less)],
        [-(2 ** 11), -1, eta(less)],
        // The least is allowed, as always with two's complement: its square is 2^240 too.
        [-(2 ** 11), 0, eta(2n ** 120n)],
        [-(2 ** 11), 1, OUT_OF_PROPORTION],
      ];
      const verdicts = await evaluate(
        records,
        cases.map(([z, theta]) => ({ values: [z], angles: [0, theta] })),
      );
      expect(verdicts.map((v) => v.overStatement)).to.deep.equal(cases.map((one) => one[2]));
    });

    it("takes every integer at its end", async () => {
      const ends = [2 ** 39 - 1, -(2 ** 39)];
      const shifts = [2 ** 39 - 1, 1 - 2 ** 39];
      for (const b of [1, -1, 2 ** 39 - 1, 1 - 2 ** 39]) {
        for (const weight of [1, 2 ** 32 - 1]) {
          const records = handMade({
            tree: [edge(0, b, weight, weight), edge(1, -b, weight, weight)],
            chords: shifts.map((shift) => chord(2, 0, b, shift, weight)),
            probes: [probe(0, 2, -b, weight)],
          });
          const submissions = ends.flatMap((theta) =>
            [0, ...ends, 1].flatMap((other) =>
              [2 ** 23 - 1, -(2 ** 23), 0].map((z) => ({
                values: Array.from({ length: records.geometry.meters }, (_, i) => (i % 2 === 0 ? z : -z - 1)),
                angles: [0, theta, other],
              })),
            ),
          );
          const verdicts = await evaluate(records, submissions);
          verdicts.forEach((verdict, i) => expectReference(records, submissions[i]!, verdict));
        }
      }
    });

    it("does not wrap with the most chords, of the largest susceptance, between two buses", async () => {
      const b = 2 ** 39 - 1;
      const records = handMade({
        tree: [edge(0, b, 2 ** 32 - 1)],
        chords: Array.from({ length: 32_767 }, () => chord(0, 1, b, 2 ** 39 - 1, 0)),
        rootInjection: 2 ** 32 - 1,
      });
      const submission = { values: [-(2 ** 23), -(2 ** 23)], angles: [0, 2 ** 39 - 1] };
      const [verdict] = await evaluate(records, [submission]);
      expectReference(records, submission, verdict!);
      expect(verdict!.objective > 2n ** 219n && verdict!.objective < 2n ** 240n).to.equal(true);
    });
  });
});

/** The reference, and where the contract stops: J of 2^176 or more, or a subtree's sum of 2^120 or more. */
function expectReference(records: VersionRecords, { values, angles }: Submission, verdict: Verdict): void {
  const want = certificate(records, values, angles);
  expect(verdict.objective).to.equal(want.objective);
  if (want.objective >= 2n ** 176n) {
    expect(verdict.overStatement).to.equal(OUT_OF_PROPORTION);
    return;
  }
  expect(verdict.shares).to.deep.equal(want.shares);
  if (verdict.overStatement !== OUT_OF_PROPORTION) {
    expect(verdict.overStatement).to.equal(want.overStatement);
    return;
  }
  // Some S² reached 2^240: then S²/(w b²) is at least 2^240 / 2^(32 + 78).
  expect(want.overStatement >= 2n ** 130n, "given up for nothing").to.equal(true);
}

/** The one line of a two-bus grid: its main row, and a second meter that sees the same. */
function pair(b: number, weight: number, second: number): VersionRecords {
  return handMade({ tree: [edge(0, b, weight)], probes: [probe(1, 0, b, second)] });
}

/** S²/(w b²), rounded up, for w = 2^31 and b = 2^38. */
function eta(sum: bigint): bigint {
  return (sum * sum) / (2n ** 31n * 2n ** 76n) + 1n;
}
