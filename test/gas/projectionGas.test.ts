import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import hre from "hardhat";
import { type ProjectionCosts, projectionCosts, type Step } from "../../bench/projectionCosts.js";
import { openEmbedded } from "../../tasks/support/openEmbedded.js";
import { demoTerms } from "../../workers/demo/demoTerms.js";
import { builtinCase } from "../../workers/grid/builtinCase.js";

const file = new URL("../../snapshots/projectionGas.json", import.meta.url);
const names = ["Operator 1", "Operator 2", "Operator 3", "Operator 4"];

/** Gas that differs by less is noise of hashes and of zero bytes. */
const tolerance = 0.005;

/**
 * The whole life of the projection mode, as `bench projection` runs it: what it costs is what the committed snapshot says.
 * With GRIDPROOF_UPDATE_SNAPSHOTS=1 the snapshot is written anew.
 */
describe("gas of the projection mode among four operators", function suite() {
  this.timeout(600_000);
  const snapshot = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, number>>)
    : {};
  const measured = { ...snapshot };

  after(() => {
    if (process.env.GRIDPROOF_UPDATE_SNAPSHOTS === "1") {
      writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
    }
  });

  const costsOf = async (name: "ieee14" | "ieee118"): Promise<ProjectionCosts> => {
    const costs = await projectionCosts(await openEmbedded(names, hre), builtinCase(name), demoTerms(4));
    const gas = Object.fromEntries(
      Object.entries(costs)
        .filter(([, value]) => typeof value === "object")
        .map(([step, value]) => [step, (value as Step).gas]),
    );
    measured[name] = gas;
    if (process.env.GRIDPROOF_UPDATE_SNAPSHOTS === "1") return costs;
    const committed = snapshot[name] ?? {};
    expect(Object.keys(gas)).to.have.members(Object.keys(committed));
    for (const [step, value] of Object.entries(gas)) {
      const change = Math.abs(value / committed[step]! - 1);
      expect(change, `${name}, ${step}: ${value}, committed ${committed[step]}`).to.be.below(tolerance);
    }
    return costs;
  };

  it("IEEE 14: as committed", async () => {
    const costs = await costsOf("ieee14");
    expect(costs.freivalds.gas).to.be.below(costs.products.gas);
  });

  it("IEEE 118: honest matrices pass both checks; a slot of 304 meters fits; as committed", async () => {
    const { products, freivalds, store, finaliseAlarm, measurementTransactionBytes } =
      await costsOf("ieee118");
    // P alone has 739 kB: 31 chunks, and A 9.
    expect(store.transactions).to.equal(40);
    expect(freivalds.gas).to.be.below(products.gas / 3);
    expect(finaliseAlarm.gas).to.be.below(16_700_000);
    expect(measurementTransactionBytes).to.be.below(686);
  });
});
