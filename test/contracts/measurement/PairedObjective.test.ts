import { expect } from "chai";
import { hexlify } from "ethers";
import * as fc from "fast-check";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { packRecords } from "../../../workers/grid/version/packRecords.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { certificate } from "../../../workers/measurement/certificate.js";
import { packAngles, packBatch } from "../../../workers/measurement/packValues.js";
import { arbitraryVersion } from "../../workers/grid/version/arbitraryVersion.js";
import { arbitrarySubmission, submissionFor } from "../../workers/measurement/arbitrarySubmission.js";
import type { Submission } from "./evaluateCertificates.js";
import { chord, edge, handMade, probe } from "./handMade.js";
import { versionsOfSeveralChunks } from "./versionsOfSeveralChunks.js";

/** Enough to store and read the largest version within one call. */
const MUCH_GAS = 2_000_000_000;

describe("PairedObjective", () => {
  let expectReference: (records: VersionRecords, submissions: readonly Submission[]) => Promise<void>;
  before(async () => {
    const { ethers } = await network.create({ override: { blockGasLimit: MUCH_GAS } });
    const harness = await ethers.deployContract("PairedHarness");
    /** Every submission is one of a pair twice, once in each half, beside different ones. */
    expectReference = async (records, submissions) => {
      const got: unknown = await harness.getFunction("evaluate").staticCall(
        records.geometry,
        packRecords(records).map((chunk) => hexlify(chunk)),
        submissions.map(({ values }) => hexlify(packBatch(values))),
        submissions.map(({ angles }) => hexlify(packAngles(angles))),
        { gasLimit: MUCH_GAS },
      );
      const want = submissions.map(({ values, angles }) => certificate(records, values, angles).objective);
      const pairs = want.map((objective, i) => [objective, want[i + 1] ?? objective]);
      expect((got as bigint[][]).map((pair) => [...pair])).to.deep.equal(pairs);
    };
  });

  it("agrees with the plain reference bit for bit, on every kind of record and any angles", async () => {
    const seen = { chords: 0, probes: 0, pmuProbes: 0, anchors: 0, virtual: 0, atParent: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(arbitraryVersion(10), arbitraryVersion(4, { islands: 3 })),
        fc.array(arbitrarySubmission, { minLength: 4, maxLength: 4 }),
        async ({ built: { records } }, made) => {
          await expectReference(
            records,
            made.map((one) => submissionFor(records, one)),
          );
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
      await expectReference(
        records,
        [10, 25, 39].map((bits) => ({
          values: Array.from({ length: records.geometry.meters }, () => signed(15)),
          angles: records.tree.map((_, i) => (i === 0 ? 0 : signed(bits))),
        })),
      );
    }
  });

  it("takes every integer at its end, in either half", async () => {
    const ends = [2 ** 39 - 1, -(2 ** 39)];
    for (const b of [1, -1, 2 ** 39 - 1, 1 - 2 ** 39]) {
      for (const weight of [1, 2 ** 32 - 1]) {
        const records = handMade({
          tree: [edge(0, b, weight, weight), edge(1, -b, weight, weight)],
          chords: [2 ** 39 - 1, 1 - 2 ** 39].map((shift) => chord(2, 0, b, shift, weight)),
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
        await expectReference(records, submissions);
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
    const values = [-(2 ** 23), -(2 ** 23)];
    await expectReference(records, [{ values, angles: [0, 2 ** 39 - 1] }]);
  });
});
