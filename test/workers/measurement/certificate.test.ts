import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { wilsonHilferty } from "../../../workers/estimation/wilsonHilferty.js";
import { certificate } from "../../../workers/measurement/certificate.js";
import { angleUnits, rowValues, versionEstimator } from "../../../workers/measurement/versionEstimator.js";
import { arbitraryVersion } from "../grid/version/arbitraryVersion.js";
import { arbitrarySubmission, submissionFor } from "./arbitrarySubmission.js";
import { exactCertificate } from "./exactCertificate.js";

const version = fc.oneof(arbitraryVersion(6), arbitraryVersion(3, { islands: 2 }));

describe("certificate", () => {
  it("has the J of a dense H, and an η that the true over-statement never exceeds", () => {
    fc.assert(
      fc.property(version, arbitrarySubmission, (made, submission) => {
        const { records } = made.built;
        const { values, angles } = submissionFor(records, submission);
        const exact = exactCertificate(made, values, angles);
        const got = certificate(records, values, angles);
        expect(got.objective).to.equal(exact.objective);
        const [numerator, denominator] = exact.overStatement;
        expect(denominator > 0n, "G is not positive definite").to.equal(true);
        expect(got.overStatement * denominator >= numerator, "η is too small").to.equal(true);
        expect(got.shares.reduce((sum, s) => sum + s, 0n) <= got.objective).to.equal(true);
      }),
      { numRuns: 150, seed: 118, endOnFailure: true },
    );
  });

  it("has an η of once to twice the exact one where nothing but the tree is measured", () => {
    fc.assert(
      fc.property(version, arbitrarySubmission, (made, submission) => {
        const { records } = made.built;
        const onTree = new Set(records.tree.flatMap(({ main }) => (main === undefined ? [] : [main.meter])));
        if (made.plan.zeroInjections.length > 0 || onTree.size < records.geometry.meters) return;
        const { values, angles } = submissionFor(records, submission);
        const [numerator, denominator] = exactCertificate(made, values, angles).overStatement;
        // Divided by the power of two below w b², and each of its terms rounded up.
        const proven = certificate(records, values, angles).overStatement * denominator;
        const most = 2n * numerator + BigInt(records.tree.length) * denominator;
        expect(proven >= numerator && proven <= most).to.equal(true);
      }),
      { numRuns: 600, seed: 118, endOnFailure: true },
    );
  });

  it("proves of the estimator's angles what the ledger asks for, 10^-6 of the threshold", () => {
    fc.assert(
      fc.property(version, fc.infiniteStream(fc.integer({ min: -1000, max: 1000 })), (made, noise) => {
        const { records } = made.built;
        const { roots, buses, meters, virtualRows, weightDigits } = records.geometry;
        const values = Array.from({ length: meters }, () => noise.next().value as number);
        const estimate = versionEstimator(records).estimate(rowValues(records, values));
        const angles = angleUnits(records, estimate.theta);
        if (angles.some((a) => Math.abs(a) > 2 ** 38)) return;
        const got = certificate(records, values, angles);
        const scale = 2 ** (80 + weightDigits);
        const freedom = meters + virtualRows + roots - buses;
        if (freedom > 0) {
          expect(Number(got.overStatement) / scale).to.be.below(1e-6 * wilsonHilferty(freedom, 2.33));
        }
        const off = Math.abs(Number(got.objective) / scale - estimate.objective);
        expect(off).to.be.below(1e-6 * (1 + estimate.objective));
      }),
      { numRuns: 100, seed: 118, endOnFailure: true },
    );
  });
});
