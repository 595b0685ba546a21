import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import { normalQuantile } from "../../../workers/estimation/normalQuantile.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { noise } from "../../../workers/grid/noise.js";
import { powerFlow } from "../../../workers/grid/powerFlow.js";
import { trueMeasurements } from "../../../workers/grid/trueMeasurements.js";
import { buildVersion } from "../../../workers/grid/version/buildVersion.js";
import { certificate } from "../../../workers/measurement/certificate.js";
import { angleUnits, rowValues, versionEstimator } from "../../../workers/measurement/versionEstimator.js";
import { printedCredits, type PrintedSlot } from "../../../workers/projection/printedCredits.js";
import { deployPrintedLedger } from "../../../workers/projection/deployProjection.js";
import { settlementBound } from "../../../workers/projection/settlementBound.js";
import { testTerms } from "../../support/sharedGrid.js";
import { refusal } from "../measurement/ledgerFixture.js";
import { preparedCase, printedClock, printedFixture, putInForce, seats } from "./projectionFixture.js";

const totalOf = (all: readonly bigint[]): bigint => all.reduce((total, one) => total + one, 0n);

const refused = async (call: Promise<unknown>, name: string, args = {}) => {
  const reason = await refusal(call);
  expect(reason.name, reason.message).to.equal(name);
  expect(reason.arguments).to.include(args);
};

describe("ProjectionLedger, Algorithm 1 as printed, with IEEE 14", () => {
  const gridCase = builtinCase("ieee14");
  const grid = compileGrid(gridCase);
  const prepared = preparedCase(gridCase);
  const { plan, topology, matrices } = prepared;
  const owners = topology.rows.map(({ seat }) => seat);
  const exact = trueMeasurements(grid, plan, powerFlow(grid));
  const honest = (slot: number): number[] =>
    Array.from(noise(plan, exact, 7, slot), (kw) => Math.round(kw / topology.powerUnitKw));

  let fixture: Awaited<ReturnType<typeof printedFixture>>;
  let restore: () => Promise<void>;
  before(async () => {
    fixture = await printedFixture(prepared);
    const snapshot = await fixture.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const deposits = async (): Promise<bigint[]> => [...(await fixture.ledger.deposits())];
  /** J and τ of the last slot that was finalised with an estimate. */
  const finalised = async () => {
    const events = await fixture.ledger.queryFilter(fixture.ledger.filters.SlotFinalised());
    const { objectiveQ32, thresholdQ32, slot } = events.at(-1)!.args;
    return {
      slot: Number(slot),
      objective: Number(objectiveQ32) / 2 ** 32,
      threshold: Number(thresholdQ32) / 2 ** 32,
    };
  };
  /** w r² by meter and J in the contract's own integers. */
  const shares = (values: readonly number[]): bigint[] =>
    topology.rows.map(({ weight }, i) => {
      const { rows, projection, projectionDigits } = matrices;
      const fitted = values.reduce((sum, value, j) => sum + projection[i * rows + j]! * BigInt(value), 0n);
      const residual = (BigInt(values[i]!) << BigInt(projectionDigits)) - fitted;
      return BigInt(weight) * residual * residual;
    });
  const expected = (
    slot: number,
    before_: readonly bigint[],
    values: readonly (number | undefined)[],
    terms = testTerms,
  ): bigint[] => {
    const complete = values.filter((value) => value !== undefined);
    const found = complete.length === values.length ? shares(complete) : [];
    const objective = found.reduce((sum, share) => sum + share, 0n);
    const scale = 2n * BigInt(matrices.projectionDigits) + BigInt(topology.weightDigits) - 32n;
    const lucky = BigInt(
      keccak256(AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [slot, objective])),
    );
    const isAnomaly = Number(objective >> scale) / 2 ** 32 > 38;
    const input: PrintedSlot = {
      deposits: before_,
      seats: owners,
      reported: values.map((value) => value !== undefined),
      reward: terms.reward,
      missingPenalty: terms.missingPenalty,
      anomaly: isAnomaly
        ? { shares: found, penalty: terms.anomalyPenalty, luckyMeter: Number(lucky % BigInt(owners.length)) }
        : undefined,
    };
    return printedCredits(input);
  };
  it("takes values one by one, and finalises the slot that is due with the next one", async () => {
    const { process, time, opensAt, cutOff, ledger } = fixture;
    await process(0, honest(0));
    const start = await deposits();
    await time.increaseTo(cutOff(0) - 2);
    expect(await ledger.nextSlot()).to.equal(0n);
    await time.increaseTo(Math.max(cutOff(0), opensAt(1)));
    await process(1, honest(1).slice(0, 1));
    expect(await ledger.nextSlot()).to.equal(1n);
    expect((await finalised()).slot).to.equal(0);
    expect(await deposits()).to.deep.equal(expected(0, start, honest(0)));
    expect(totalOf(await deposits())).to.equal(totalOf(start));
    // Slot 0 is not finalised again; slot 1 waits for its own cut-off.
    await process(1, [undefined, ...honest(1).slice(1, 2)]);
    expect(await ledger.nextSlot()).to.equal(1n);
  });

  it("settles with the J of the certificate, within the stated bound and the weights' rounding", async () => {
    const { process, time, cutOff, ledger } = fixture;
    const { records, meters } = buildVersion(grid, plan, seats);
    expect(meters.map(({ id }) => id)).to.have.members(plan.meters.map(({ id }) => id));
    const estimator = versionEstimator(records);
    for (const slot of [0, 1]) {
      const values = honest(slot);
      if (slot === 1) values[5]! += 30_000;
      await process(slot, values);
      await time.increaseTo(cutOff(slot));
      await ledger.finaliseTimeSlot();
      const byId = new Map(plan.meters.map(({ id }, i) => [id, values[i]!]));
      const batch = meters.map(({ id }) => byId.get(id)!);
      const estimate = estimator.estimate(rowValues(records, batch));
      const proved = certificate(records, batch, angleUnits(records, estimate.theta));
      const reference = Number(proved.objective) / 2 ** (80 + records.geometry.weightDigits);
      const { objective, threshold } = await finalised();
      const largestAngle = Math.max(...estimate.theta.map(Math.abs)) / 2 ** 6;
      const bound = settlementBound(topology, matrices.projectionDigits, "freivalds", values, largestAngle);
      expect(bound).to.be.below(0.01);
      // Weights of 24 bits against weights of 32.
      const rounding = reference * 2 ** -20;
      const most = (Math.sqrt(reference) + bound) ** 2 - reference + rounding;
      expect(Math.abs(objective - reference)).to.be.below(most);
      expect(Math.abs(objective / reference - 1)).to.be.below(1e-6);
      expect(objective > threshold).to.equal(slot === 1);
    }
  });

  it("charges an anomaly as equation (1) says, to the credit", async () => {
    const { process, time, cutOff, ledger } = fixture;
    const values = honest(0);
    values[5]! += 30_000;
    await process(0, values);
    const start = await deposits();
    await time.increaseTo(cutOff(0));
    await ledger.finaliseTimeSlot();
    expect((await finalised()).objective).to.be.above((await finalised()).threshold);
    const after = await deposits();
    expect(after).to.deep.equal(expected(0, start, values));
    // Who is to blame pays nearly A; the rest share it.
    const withoutAnomaly = expected(0, start, honest(0));
    const moved = after.map((have, seat) => Number(have - withoutAnomaly[seat]!));
    const worst = moved.indexOf(Math.min(...moved));
    expect(worst).to.equal(owners[5]);
    expect(moved[worst]).to.be.within(-Number(testTerms.anomalyPenalty), -5_000);
    expect(moved.reduce((total, x) => total + x, 0)).to.equal(0);
  });

  it("ends at the missing values, without an estimate, and counts 0 as a value", async () => {
    const { process, time, cutOff, ledger } = fixture;
    const values: (number | undefined)[] = honest(0);
    values[3] = undefined;
    values[9] = 0;
    values[20] = undefined;
    await process(0, values);
    const start = await deposits();
    await time.increaseTo(cutOff(0));
    await expect(ledger.finaliseTimeSlot()).to.emit(ledger, "SlotFinalisedIncomplete").withArgs(0, 2);
    expect(await deposits()).to.deep.equal(expected(0, start, values));
    expect(totalOf(await deposits())).to.equal(totalOf(start));
    // A slot of which nothing came.
    const next = await deposits();
    await time.increaseTo(cutOff(1));
    await ledger.finaliseTimeSlot();
    expect(await deposits()).to.deep.equal(
      expected(
        1,
        next,
        owners.map(() => undefined),
      ),
    );
  });

  it("never makes credits or takes what is not there, with the smallest deposits", async () => {
    for (const deposit of [1n, 3n, 25_000n]) {
      const poor = await printedFixture(prepared, deposit, { ...testTerms, reward: 7n });
      const values: (number | undefined)[][] = [
        honest(0).map((value, i) => (i === 5 ? value + 30_000 : value)),
        honest(1).map((value, i) => (owners[i] === 2 ? undefined : value)),
        owners.map(() => undefined),
      ];
      for (const [slot, all] of values.entries()) {
        if (slot > 0) await poor.time.increaseTo(poor.opensAt(slot));
        await poor.process(slot, all);
      }
      await poor.time.increaseTo(poor.cutOff(values.length - 1));
      for (const [slot, all] of values.entries()) {
        const start = [...(await poor.ledger.deposits())];
        await poor.ledger.finaliseTimeSlot();
        const after = [...(await poor.ledger.deposits())];
        expect(after).to.deep.equal(expected(slot, start, all, { ...testTerms, reward: 7n }));
        expect(totalOf(after)).to.equal(4n * deposit);
      }
    }
  });

  it("refuses values that are early, late, twice, of others, or of no meter", async () => {
    const { ledger, operators, stranger, time, cutOff, opensAt, process } = fixture;
    const [own] = owners;
    const as = (seat: number) => ledger.connect(operators[seat]);
    await refused(as(own!).processMeasurement(9, 0, 1), "ProjectionLedgerNotOpen", {
      slot: "9",
      opensAt: String(opensAt(9)),
    });
    await refused(as((own! + 1) % 4).processMeasurement(0, 0, 1), "ProjectionLedgerNotOwner", {
      want: String(own),
    });
    await refused(ledger.connect(stranger).processMeasurement(0, 0, 1), "ProjectionModelNotOperator");
    await refused(as(own!).processMeasurement(0, topology.meters, 1), "ProjectionModelNoSuchMeter");
    await process(0, [5]);
    await refused(as(own!).processMeasurement(0, 0, 6), "ProjectionLedgerAlreadyReported", { meter: "0" });
    await refused(ledger.finaliseTimeSlot(), "ProjectionLedgerNotDue", { cutOff: String(cutOff(0)) });
    await time.increaseTo(cutOff(0));
    await refused(as(own!).processMeasurement(0, 1, 6), "ProjectionLedgerCutOff", {
      cutOff: String(cutOff(0)),
    });
  });

  it("settles a slot under the model that was in force when it opened", async () => {
    const { ledger, time, cutOff, opensAt, process, operators } = fixture;
    await process(0, honest(0));
    const rows = topology.rows.map((row) => ({ ...row, seat: 0 }));
    await time.increaseTo(opensAt(1) - 2);
    await putInForce(fixture, { topology: { ...topology, rows }, matrices });
    await time.increaseTo(opensAt(2));
    await ledger.connect(operators[0]).processMeasurement(2, 1, 5);
    const start = await deposits();
    await time.increaseTo(cutOff(0));
    await ledger.finaliseTimeSlot();
    expect(await deposits()).to.deep.equal(expected(0, start, honest(0)));
  });

  it("is deployed on a model that is in force, with terms that make sense", async () => {
    const { models, operators, opensAt } = fixture;
    const genesis = opensAt(0);
    const clock = { genesis, ...printedClock };
    const good = { deposit: 5n, clock, terms: testTerms };
    const quantile = BigInt(Math.round(normalQuantile(0.01) * 2 ** 32));
    await deployPrintedLedger(operators[0]!, models, {
      ...good,
      terms: { ...testTerms, normalQuantileQ32: quantile },
    });
    for (const [bad, name] of [
      [{ ...good, deposit: 0n }, "ProjectionLedgerBadTerms"],
      [{ ...good, clock: { ...clock, slotSeconds: 0 } }, "ProjectionLedgerBadTerms"],
      [{ ...good, terms: { ...testTerms, normalQuantileQ32: 2n ** 36n } }, "ProjectionLedgerBadTerms"],
      [{ ...good, clock: { ...clock, genesis: genesis - 86_400 } }, "ProjectionModelNoneInForce"],
    ] as const) {
      expect((await refusal(deployPrintedLedger(operators[0]!, models, bad))).name).to.equal(name);
    }
    expect((await fixture.ledger.terms()).reward).to.equal(testTerms.reward);
  });
});
