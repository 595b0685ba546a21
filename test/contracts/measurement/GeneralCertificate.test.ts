import { expect } from "chai";
import * as fc from "fast-check";
import { hexlify } from "ethers";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { revertReason } from "../../../workers/chain/revertReason.js";
import { prepareGrid } from "../../../workers/demo/prepareGrid.js";
import { slotValues } from "../../../workers/demo/slotValues.js";
import { estimateWithMissing } from "../../../workers/estimation/estimateWithMissing.js";
import { readGridFile } from "../../../workers/grid/readGridFile.js";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { packRecords } from "../../../workers/grid/version/packRecords.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { packAngles, packBatch } from "../../../workers/measurement/packValues.js";
import { packFineAngles } from "../../../workers/measurement/packFineAngles.js";
import { reportedTree } from "../../../workers/measurement/reportedTree.js";
import { angleUnits, rowValues } from "../../../workers/measurement/versionEstimator.js";
import { arbitraryVersion } from "../../workers/grid/version/arbitraryVersion.js";
import { arbitrarySubmission, submissionFor } from "../../workers/measurement/arbitrarySubmission.js";
import { exactRows } from "../../workers/measurement/exactRows.js";
import { sharedPath } from "../../support/shared.js";
import { entriesOf, handRows, packEntries, reference, treeEta, untie } from "./generalReference.js";
import { chord, edge, handMade, probe } from "./handMade.js";

const BEYOND = 2n ** 256n - 1n;
const MUCH_GAS = 2_000_000_000;

interface Submitted {
  readonly values: ArrayLike<number>;
  /** By tree record; bigints are fine angles. */
  readonly angles: readonly number[] | readonly bigint[];
  readonly tree?: Uint8Array | undefined;
  readonly mu?: bigint;
}

interface Verdict {
  readonly objective: bigint;
  readonly rows: bigint;
  readonly gradient: readonly bigint[];
  readonly shares: readonly bigint[];
  readonly treeBound: bigint;
  readonly eigenBound: bigint;
  readonly gas: bigint;
}

describe("GeneralCertificate", () => {
  let harness: Awaited<ReturnType<typeof openHarness>>;
  before(async () => {
    harness = await openHarness();
  });

  const version = fc.oneof(arbitraryVersion(9), arbitraryVersion(4, { islands: 3 }));

  it("agrees with dense rows bit for bit: missing values, missing tree edges, both sizes of angles, any tree", async () => {
    const seen = { spanned: 0, notSpanned: 0, missing: 0, fine: 0, untied: 0, secondEnd: 0, chordInTree: 0 };
    await fc.assert(
      fc.asyncProperty(
        version,
        arbitrarySubmission,
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        fc.boolean(),
        fc.bigInt({ min: 1n, max: 2n ** 100n }),
        async (made, submission, dice, isFine, mu) => {
          const roll = (): number => dice.next().value as number;
          const { records: original } = made.built;
          const { values, angles } = submissionFor(original, submission);
          values.forEach((_, i) => {
            if (roll() === 0) values[i] = MISSING_VALUE;
          });
          const records = untie(original, () => roll() < 2);
          const finer = isFine ? 24 : 0;
          const submitted = angles.map((angle) =>
            isFine ? (BigInt(angle) << 24n) + (angle === 0 ? 0n : BigInt(roll())) : BigInt(angle),
          );
          const rows = exactRows(made, values, submitted, finer);
          const tree = reportedTree(records, values);
          await harness.store(records);
          const verdict = await harness.evaluate(records, {
            values,
            angles: isFine ? submitted : submitted.map(Number),
            tree,
            mu,
          });
          const want = reference(records, rows, values);
          expect(verdict.objective).to.equal(want.objective);
          expect(verdict.rows).to.equal(BigInt(want.rows));
          expect(verdict.gradient).to.deep.equal(want.gradient);
          expect(verdict.shares).to.deep.equal(want.shares);
          expectBound(
            verdict.eigenBound,
            want.gradient.reduce((sum, g) => sum + (g * g + mu - 1n) / mu, 0n),
          );
          if (tree !== undefined) expectBound(verdict.treeBound, treeEta(records, rows, want.gradient, tree));
          seen.spanned += Number(tree !== undefined);
          seen.notSpanned += Number(tree === undefined);
          seen.missing += values.filter((value) => value === MISSING_VALUE).length;
          seen.fine += Number(isFine);
          seen.untied += records.geometry.chords - original.geometry.chords;
          const entries = entriesOf(tree ?? new Uint8Array());
          seen.secondEnd += entries.filter(({ second }) => second).length;
          seen.chordInTree += entries.filter(({ record }) => record >= records.tree.length).length;
        },
      ),
      { numRuns: 120, seed: 118, endOnFailure: true },
    );
    for (const [what, times] of Object.entries(seen)) expect(times, what).to.be.above(10);
  });

  for (const [name, offline] of [
    ["case118_ieee", 0.02],
    ["case2383wp_k", 0.01],
  ] as const) {
    const file = sharedPath(`cases/pglib_opf_${name}.m`);
    const title = `agrees with dense rows on ${name}, and proves an honest estimate with values missing`;
    if (file === undefined) {
      it.skip(`${title} (../shared/cases is absent)`);
      continue;
    }
    it(title, async function run() {
      this.timeout(300_000);
      const grid = prepareGrid(readGridFile(file), ["A", "B", "C", "D"]);
      const { records, estimator } = grid;
      // Flow meters out of every edge's tree, but so that the others still span the grid.
      const silent = records.tree.flatMap(({ main, line }) =>
        main !== undefined && line % Math.round(1 / offline) === 1 ? [main.meter] : [],
      );
      const values = slotValues(grid, 1, 1);
      for (const meter of silent) {
        const value = values[meter]!;
        values[meter] = MISSING_VALUE;
        if (reportedTree(records, values) === undefined) values[meter] = value;
      }
      const missing = values.filter((value) => value === MISSING_VALUE).length;
      expect(missing).to.be.above(0);
      const tree = reportedTree(records, values)!;
      const reported = Uint8Array.from({ length: estimator.model.h.rows }, (_, row) =>
        Number(values[row] !== MISSING_VALUE),
      );
      const partial = estimateWithMissing(estimator, rowValues(records, values), reported);
      if (!partial.observable) throw new Error("not observable");
      const angles = [...angleUnits(records, partial.estimate.theta)];
      const plan = { meters: grid.meters, zeroInjections: [], zeroInjectionSigma: 1 };
      const made = { grid: grid.grid, plan, built: { records, meters: grid.meters } };
      const rows = exactRows(made, values, angles);

      await harness.store(records);
      const verdict = await harness.evaluate(records, { values, angles, tree });
      const want = reference(records, rows, values);
      expect(verdict.objective).to.equal(want.objective);
      expect(verdict.gradient).to.deep.equal(want.gradient);
      expect(verdict.shares).to.deep.equal(want.shares);
      expectBound(verdict.treeBound, treeEta(records, rows, want.gradient, tree));
      const scale = 2 ** (80 + records.geometry.weightDigits);
      expect(Math.abs(Number(verdict.objective) / scale - partial.estimate.objective)).to.be.below(1e-3);
      expect(Number(verdict.treeBound) / scale).to.be.below(1e-6 * partial.degreesOfFreedom);
      expect(Number(verdict.gas)).to.be.below(name === "case2383wp_k" ? 14_000_000 : 800_000);

      // 24 digits more: the same estimate, rounded later, proves less by far.
      const fine = Array.from({ length: records.tree.length }, (_, i) => {
        const state = i - records.geometry.roots;
        if (state < 0) return 0n;
        return (
          BigInt(Math.round(partial.estimate.theta[state]! * 2 ** (records.geometry.angleDigits + 18))) << 6n
        );
      });
      const finer = await harness.evaluate(records, { values, angles: fine, tree });
      const fineScale = 2 ** (128 + records.geometry.weightDigits);
      expect(Number(finer.treeBound) / fineScale).to.be.below(Number(verdict.treeBound) / scale / 100);
      const moved = Number(finer.objective) / fineScale - Number(verdict.objective) / scale;
      expect(Math.abs(moved)).to.be.below(1e-3);
    });
  }

  describe("given a tree that is none", () => {
    // A triangle 0-1-2 and a bus 3: edges 1 (1-0), 2 (2-1), 3 (3-2), chord 4 (0-2, no meter), probe 5 (2-0).
    const records = handMade({
      tree: [edge(0, 2 ** 30, 100), edge(1, 2 ** 30, 100), edge(2, 2 ** 30, 100)],
      chords: [chord(0, 2, 2 ** 30, 0, 0)],
      probes: [probe(2, 1, 2 ** 30, 100)],
    });
    const values = [1, 2, 3, 4];
    const angles = [0, 1, 2, 3];
    const refused = async (entries: number[], reported = values): Promise<string> => {
      await harness.store(records);
      const tree = packEntries(entries);
      return await refusalOf(harness.evaluate(records, { values: reported, angles, tree }));
    };
    const SECOND = 2 ** 23;
    const name = "GeneralCertificateBadTree";

    it("takes one that is", async () => {
      expect(await refused([3, 2, 1])).to.equal("accepted");
      expect(await refused([3, 5, 1])).to.equal("accepted");
    });

    it("refuses a bus too few, and one too many", async () => {
      expect(await refused([3, 2])).to.equal("GeneralCertificateTreeLength 6 9");
      expect(await refused([3, 2, 1, 1])).to.equal("GeneralCertificateTreeLength 12 9");
    });

    it("refuses a bus that stands twice, and a root below an edge", async () => {
      expect(await refused([3, 2, 2])).to.equal(`${name} 2 2 Bus`);
      expect(await refused([3, 2, 5])).to.equal(`${name} 2 5 Bus`);
      expect(await refused([3, 2, 1 + SECOND])).to.equal(`${name} 2 1 Bus`);
    });

    it("refuses a cycle, and an edge above before those below", async () => {
      expect(await refused([3, 2, 5 + SECOND])).to.equal(`${name} 2 5 Cycle`);
      expect(await refused([1, 2, 3])).to.equal(`${name} 1 2 Cycle`);
    });

    it("refuses an edge without a meter, and one whose meter reported nothing", async () => {
      expect(await refused([3, 4 + SECOND, 1])).to.equal(`${name} 1 4 Unmetered`);
      expect(await refused([3, 2, 1], [1, MISSING_VALUE, 3, 4])).to.equal(`${name} 1 2 Unmetered`);
      expect(await refused([3, 5, 1], [1, MISSING_VALUE, 3, 4])).to.equal("accepted");
    });

    it("refuses an edge that does not exist, and the record of a root", async () => {
      expect(await refused([3, 2, 6])).to.equal(`${name} 2 6 Edge`);
      expect(await refused([3, 2, 2 ** 23 - 1])).to.equal(`${name} 2 ${2 ** 23 - 1} Edge`);
      expect(await refused([3, 2, 0])).to.equal(`${name} 2 0 Edge`);
    });

    it("never bounds below the true over-statement, whatever entries it takes", async () => {
      await harness.store(records);
      const rows = handRows(records, values, angles);
      const want = reference(records, rows, values);
      let taken = 0;
      const choices = [1, 2, 3, 5].flatMap((e) => [e, e + SECOND]);
      for (const a of choices) {
        for (const b of choices) {
          for (const c of choices) {
            const tree = packEntries([a, b, c]);
            let verdict: Verdict;
            try {
              verdict = await harness.evaluate(records, { values, angles, tree });
            } catch {
              continue;
            }
            taken++;
            expectBound(verdict.treeBound, treeEta(records, rows, want.gradient, tree));
          }
        }
      }
      // Two spanning trees, each of a chain below bus 0: bus 3, bus 2, bus 1.
      expect(taken).to.equal(2);
    });
  });

  describe("at the bounds of its integers", () => {
    it("takes every integer at its end, in both sizes of angles", async () => {
      for (const b of [1, 2 ** 39 - 1, 1 - 2 ** 39]) {
        for (const weight of [1, 2 ** 32 - 1]) {
          const records = handMade({
            tree: [edge(0, b, weight, weight), edge(1, -b, weight, weight)],
            chords: [2 ** 39 - 1, 1 - 2 ** 39].map((shift) => chord(2, 0, b, shift, weight)),
            probes: [probe(0, 2, -b, weight)],
          });
          await harness.store(records);
          const tree = packEntries([2, 1]);
          for (const finer of [0, 24]) {
            const ends = [2n ** BigInt(39 + finer) - 1n, -(2n ** BigInt(39 + finer))];
            for (const theta of ends) {
              for (const other of [...ends, 1n]) {
                const values = Array.from({ length: records.geometry.meters }, (_, i) =>
                  i % 2 === 0 ? 2 ** 23 - 1 : 1 - 2 ** 23,
                );
                const exact = [0n, theta, other];
                const angles = finer === 0 ? exact.map(Number) : exact;
                const rows = handRows(records, values, exact, finer);
                const want = reference(records, rows, values);
                const verdict = await harness.evaluate(records, { values, angles, tree, mu: 1n });
                expect(verdict.objective).to.equal(want.objective);
                expect(verdict.gradient).to.deep.equal(want.gradient);
                expect(verdict.shares).to.deep.equal(want.shares);
                expectBound(verdict.treeBound, treeEta(records, rows, want.gradient, tree));
                expectBound(
                  verdict.eigenBound,
                  want.gradient.reduce((sum, g) => sum + g * g, 0n),
                );
              }
            }
          }
        }
      }
    });

    it("takes a residual below 2^112 and a J below 2^256, and refuses what is beyond", async () => {
      // The root's injection sees b θ of each chord, 2^100, and 2^62 of the tree's line.
      const most = 2 ** 32 - 1;
      const crossing = (chords: number, other?: number): VersionRecords =>
        handMade({
          tree: [edge(0, 1, 1, other)],
          chords: Array.from({ length: chords }, () => chord(0, 1, 2 ** 38, 0, 0)),
          rootInjection: most,
        });
      const submit = async (chords: number, other?: number): Promise<Verdict> => {
        const records = crossing(chords, other);
        await harness.store(records);
        const values = Array.from({ length: records.geometry.meters }, () => 0);
        return await harness.evaluate(records, { values, angles: [0n, 2n ** 62n] });
      };
      const residual = 4095n * 2n ** 100n + 2n ** 62n;
      const verdict = await submit(4095);
      expect(verdict.objective).to.equal(BigInt(most) * residual ** 2n + 2n ** 124n);
      expect(verdict.objective > 2n ** 255n).to.equal(true);
      const tooFar = `GeneralCertificateTooFar ${residual + 2n ** 100n}`;
      expect(await refusalOf(submit(4096))).to.equal(tooFar);
      expect(await refusalOf(submit(4095, most))).to.equal(`GeneralCertificateTooFar ${-residual}`);
    });
  });
});

/** A bound that is beyond 256 bits is all ones, from 2^255 on. */
function expectBound(got: bigint, want: bigint): void {
  if (want >= 2n ** 255n) expect(got).to.be.oneOf([want, BEYOND]);
  else expect(got).to.equal(want);
}

/** The error by which a call is refused, with its arguments. */
async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const reason = revertReason(error);
    if (reason === undefined) throw error;
    return [reason.name, ...Object.values(reason.arguments)].join(" ");
  }
  return "accepted";
}

/** A harness that keeps a version, and evaluates submissions against it. */
async function openHarness() {
  const { ethers } = await network.create({ override: { blockGasLimit: MUCH_GAS } });
  const contract = await ethers.deployContract("GeneralCertificateHarness");
  return {
    store: async (records: VersionRecords): Promise<void> => {
      const chunks = packRecords(records).map((chunk) => hexlify(chunk));
      await contract.getFunction("store").send(records.geometry, chunks, { gasLimit: MUCH_GAS });
    },
    evaluate: async (records: VersionRecords, submitted: Submitted): Promise<Verdict> => {
      const { values, angles, tree = new Uint8Array(), mu = 0n } = submitted;
      const isFine = typeof angles[0] === "bigint";
      const packed = isFine ? packFineAngles(angles as bigint[]) : packAngles(angles as number[]);
      const verdict: unknown = await contract.getFunction("evaluate").staticCall(
        {
          values: hexlify(packBatch(values)),
          angles: hexlify(packed),
          angleBytes: isFine ? 8 : 5,
          tree: hexlify(tree),
          mu,
          meters: records.metersBySeat,
        },
        { gasLimit: MUCH_GAS },
      );
      const { objective, rows, gradient, shares, treeBound, eigenBound, gas } = verdict as Verdict;
      return {
        objective,
        rows,
        gradient: [...gradient],
        shares: [...shares],
        treeBound,
        eigenBound,
        gas,
      };
    },
  };
}
