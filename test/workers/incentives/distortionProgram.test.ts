import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { relativeError } from "../estimation/models.js";
import { seededRandom } from "../../../workers/grid/seededRandom.js";
import { allCoalitions } from "../../../workers/incentives/allCoalitions.js";
import { coalitionGain } from "../../../workers/incentives/coalitionGain.js";
import { distortionProgram, MOST_ATTACKED } from "../../../workers/incentives/distortionProgram.js";
import { IncentiveArgumentError } from "../../../workers/incentives/errors.js";
import { penaltyMatrix, type PenaltyMatrix } from "../../../workers/incentives/penaltyMatrix.js";
import type { IncentiveModel } from "../../../workers/incentives/types.js";
import {
  arbitraryOwned,
  caseModel,
  denseRows,
  residualMaker,
  rowsOf,
  smallestShare,
  withZeroInjections,
} from "./coalitionReference.js";
import { alarmGain, replayer, sum } from "./replay.js";

const penalty = 30_000;

function form({ q, size }: PenaltyMatrix, alpha: Float64Array): number {
  let total = 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) total += alpha[i]! * q[i * size + j]! * alpha[j]!;
  return total;
}

/** α from distortions and from errors of the measurements, both one per row. */
function alphaOf({ meters, size }: PenaltyMatrix, a: Float64Array, z: Float64Array): Float64Array {
  const alpha = new Float64Array(size);
  alpha.set(a.subarray(0, meters));
  alpha.set(z, meters);
  return alpha;
}

/** Errors of so many standard deviations at some meters. */
function errorsOf(
  { model, meterNames }: IncentiveModel,
  random: () => number,
  size: number,
  part = 1,
): Float64Array {
  return model.weight.map((w, i) =>
    i < meterNames.length && random() < part ? (size * (2 * random() - 1)) / Math.sqrt(w) : 0,
  );
}

function ieee14(zero: boolean): IncentiveModel {
  const { grid, plan, incentive } = caseModel("ieee14", 3);
  return zero
    ? withZeroInjections(
        grid,
        plan,
        incentive.operators.map(({ name }) => name),
      )
    : incentive;
}

describe("penaltyMatrix", () => {
  for (const zero of [false, true])
    it(`is the change of Σwr² at own meters beside the average${zero ? ", with zero injections" : ""}`, () => {
      const incentive = ieee14(zero);
      const replay = replayer(incentive);
      const random = seededRandom(14);
      for (const members of allCoalitions(3)) {
        const matrix = penaltyMatrix(incentive, members);
        const share = rowsOf(incentive, members).own.length / incentive.meterNames.length;
        const excess = (shares: readonly number[]): number =>
          sum(members.map((seat) => shares[seat]!)) - share * sum(shares);
        for (let k = 0; k < 20; k++) {
          const a = errorsOf(incentive, random, 10, 0.4);
          const z = errorsOf(incentive, random, 3);
          const both = replay(a.map((v, i) => v + z[i]!)).shares;
          const direct = excess(both) - excess(replay(z).shares);
          expect(form(matrix, alphaOf(matrix, a, z))).to.be.closeTo(direct, 1e-8 * sum(both));
        }
        // Nothing of z alone.
        expect(
          form(matrix, alphaOf(matrix, new Float64Array(matrix.meters), errorsOf(incentive, random, 5))),
        ).to.equal(0);
      }
    });

  it("has the sign, and divided by S the size, of the penalty where honest residuals are zero", () => {
    const incentive = ieee14(false);
    const replay = replayer(incentive);
    const random = seededRandom(15);
    for (const members of [[0], [1, 2]]) {
      const matrix = penaltyMatrix(incentive, members);
      for (let k = 0; k < 50; k++) {
        const a = errorsOf(incentive, random, 20, 0.3);
        const { shares } = replay(a);
        const value = form(matrix, alphaOf(matrix, a, new Float64Array(incentive.model.h.rows)));
        expect((-penalty * value) / sum(shares)).to.be.closeTo(
          alarmGain(incentive, members, shares, penalty),
          1e-4,
        );
      }
    }
  });

  it("can have the wrong sign among honest residuals, and the right one far above them if they raise no alarm", () => {
    const incentive = ieee14(false);
    const replay = replayer(incentive);
    const random = seededRandom(16);
    const matrix = penaltyMatrix(incentive, [0]);
    const gain = (errors: Float64Array): number => alarmGain(incentive, [0], replay(errors).shares, penalty);
    let wrong = 0;
    for (let k = 0; k < 400; k++) {
      const z = errorsOf(incentive, random, 3);
      const a = errorsOf(incentive, random, 3, 0.4);
      const profit = gain(a.map((v, i) => v + z[i]!)) - gain(z);
      if (form(matrix, alphaOf(matrix, a, z)) < 0 !== profit > 0) wrong++;
      // Without an alarm honest values are charged nothing: what the attack earns is all profit.
      const large = a.map((v) => 1e6 * v);
      const earned = gain(large.map((v, i) => v + z[i]!));
      expect(form(matrix, alphaOf(matrix, large, z)) < 0).to.equal(earned > 0);
    }
    expect(wrong).to.be.above(20);
  });
});

describe("distortionProgram", () => {
  it("finds the smallest share of any attacked set, by dense algebra on random grids", () => {
    fc.assert(
      fc.property(arbitraryOwned, fc.infiniteStream(fc.boolean()), ({ incentive, dense }, pick) => {
        const maker = residualMaker(dense, incentive.model.weight);
        for (const members of allCoalitions(3)) {
          const { own, real } = rowsOf(incentive, members);
          const attacked = real.filter(() => pick.next().value === true);
          const expected = attacked.length === 0 ? undefined : smallestShare(maker, attacked, own, real);
          const found = distortionProgram(incentive, members, attacked, penalty);
          expect(found.lambda).to.be.closeTo(expected ?? 1, 1e-7);
          expect(found.gain).to.be.closeTo(
            penalty * (own.length / real.length - found.lambda),
            1e-9 * penalty,
          );
          expect(found.feasible).to.equal(found.gain > 0 && expected !== undefined);
        }
      }),
      { numRuns: 100, seed: 8 },
    );
  });

  it("is what a search of all directions of three meters on IEEE 14 finds", () => {
    const incentive = ieee14(false);
    const maker = residualMaker(denseRows(incentive.model), incentive.model.weight);
    const { own } = rowsOf(incentive, [0]);
    const attacked = [own[0]!, own[3]!, own[own.length - 1]!];
    const columns = maker.map((row) => attacked.map((j) => row[j]!));
    const inOwn = new Set(own);
    let best = Infinity;
    const steps = 400;
    for (let a = 0; a < steps; a++) {
      for (let b = 0; b < steps; b++) {
        const [u, v] = [(Math.PI * a) / steps, (Math.PI * b) / steps];
        const d = [Math.sin(u) * Math.cos(v), Math.sin(u) * Math.sin(v), Math.cos(u)];
        let ours = 0;
        let all = 0;
        columns.forEach((row, i) => {
          const r = (row[0]! * d[0]! + row[1]! * d[1]! + row[2]! * d[2]!) ** 2;
          all += r;
          if (inOwn.has(i)) ours += r;
        });
        best = Math.min(best, ours / all);
      }
    }
    const { lambda } = distortionProgram(incentive, [0], attacked, penalty);
    expect(lambda).to.be.at.most(best).and.closeTo(best, 1e-3);
  });

  for (const [title, incentive] of [
    ["IEEE 14", ieee14(false)],
    ["IEEE 14 with zero injections", ieee14(true)],
    ["IEEE 118", caseModel("ieee118", 4).incentive],
  ] as const)
    it(`agrees with coalitionGain where a coalition attacks its own meters: ${title}`, function run() {
      this.timeout(60_000);
      const replay = replayer(incentive);
      for (const members of allCoalitions(incentive.operators.length)) {
        const { own } = rowsOf(incentive, members);
        const found = distortionProgram(incentive, members, own, penalty);
        const gain = coalitionGain(incentive, members, penalty);
        expect(found.lambda).to.be.closeTo(gain.lambda, 1e-9);
        if (gain.lambda === 1) continue;
        const { shares } = replay(found.distortion);
        expect(alarmGain(incentive, members, shares, penalty)).to.be.closeTo(gain.distortionGain, 1e-3);
        // Both are the smallest distortion that leaves these residuals; its sign is free.
        const [x, y] = [found.distortion, gain.attackVector];
        const sign = x.reduce((total, v, i) => total + v * y[i]!, 0) < 0 ? -1 : 1;
        expect(
          relativeError(
            x.map((v) => sign * v),
            y,
          ),
        ).to.be.below(1e-6);
      }
    });

  it("lets a coalition that attacks others' redundant meters gain its whole share", () => {
    const incentive = ieee14(false);
    const others = rowsOf(incentive, [1, 2]).own;
    const found = distortionProgram(incentive, [0], others, penalty);
    expect(found.lambda).to.be.below(1e-12);
    const { shares } = replayer(incentive)(found.distortion);
    expect(shares[0]! / sum(shares)).to.be.below(1e-12);
    expect(alarmGain(incentive, [0], shares, penalty)).to.be.closeTo(found.gain, 1e-6);
  });

  it("gains no more from fewer meters", () => {
    const { incentive } = caseModel("ieee118", 4);
    const { own } = rowsOf(incentive, [1]);
    const random = seededRandom(3);
    const all = distortionProgram(incentive, [1], own, penalty).lambda;
    for (let k = 0; k < 10; k++) {
      const some = own.filter(() => random() < 0.5);
      expect(distortionProgram(incentive, [1], some, penalty).lambda).to.be.at.least(all);
    }
  });

  it("refuses rows that are no meters, twice, or too many", () => {
    const incentive = ieee14(true);
    const run = (attacked: number[]) => () => distortionProgram(incentive, [0], attacked, penalty);
    expect(run([incentive.meterNames.length])).to.throw(IncentiveArgumentError, "not that of a meter");
    expect(run([-1])).to.throw(IncentiveArgumentError, "row -1");
    expect(run([2, 2])).to.throw(IncentiveArgumentError, "twice");
    expect(run(Array.from({ length: MOST_ATTACKED + 1 }, (_, i) => i))).to.throw(
      IncentiveArgumentError,
      "at most",
    );
  });

  it("has nothing to gain without meters to attack", () => {
    expect(distortionProgram(ieee14(false), [0], [], penalty)).to.include({ feasible: false, lambda: 1 });
  });
});
