import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import hre from "hardhat";
import { type CatchUpGas, catchUpGas } from "../../bench/catchUpGas.js";
import { deployDemo } from "../../tasks/support/deployDemo.js";
import { builtinCase } from "../../workers/grid/builtinCase.js";
import { readGridFile } from "../../workers/grid/readGridFile.js";
import type { GridCase } from "../../workers/grid/types.js";
import { sharedPath } from "../support/shared.js";

/** Gas of all calls, by number of slots. */
type Snapshot = Record<string, Record<string, number>>;

const file = new URL("../../snapshots/catchUpGas.json", import.meta.url);
const names = ["Operator 1", "Operator 2", "Operator 3", "Operator 4"];

/** Gas that differs by less is noise of the values' zero bytes. */
const tolerance = 0.002;

/**
 * Gas of slots settled together is a reviewed number, as that of a single slot: see slotGas.test.ts. With
 * GRIDPROOF_UPDATE_SNAPSHOTS=1 the snapshot is written anew.
 */
describe("gas of slots settled together, among four operators", () => {
  const update = process.env.GRIDPROOF_UPDATE_SNAPSHOTS === "1";
  const snapshot: Snapshot = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Snapshot) : {};
  const measured: Snapshot = { ...snapshot };

  after(() => {
    if (update) writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
  });

  async function measure(name: string, gridCase: GridCase, counts: readonly number[]): Promise<CatchUpGas> {
    const gas = await catchUpGas(await deployDemo(names, hre), gridCase, counts);
    measured[name] = Object.fromEntries(gas.many.map(({ slots, gas: all }) => [slots, all]));
    if (update) return gas;
    const committed = snapshot[name] ?? {};
    expect(Object.keys(measured[name]), "the snapshot has other numbers of slots").to.have.members(
      Object.keys(committed),
    );
    for (const [slots, value] of Object.entries(measured[name])) {
      const before = committed[slots]!;
      const change = Math.abs(value - before) / before;
      expect(change, `${name}, ${slots} slots: ${value}, committed ${before}`).to.be.at.most(tolerance);
    }
    return gas;
  }

  it("IEEE 14: as committed", async () => {
    await measure("ieee14", builtinCase("ieee14"), [1, 2, 96]);
  });

  it("IEEE 118: as committed; 96 slots in two calls, for less than half the gas of 96 settlements", async () => {
    const { settle, many } = await measure("ieee118", builtinCase("ieee118"), [1, 2, 96]);
    const { calls, gas } = many.at(-1)!;
    expect(calls).to.equal(2);
    expect(gas).to.be.below((96 * settle) / 2);
    expect(gas / calls).to.be.below(16_700_000);
  });

  it("case2383wp_k: as committed; four slots in a call, for less than three fifths", async function () {
    const path = sharedPath("cases/pglib_opf_case2383wp_k.m");
    if (path === undefined) {
      console.log("    skipped: ../shared/cases/pglib_opf_case2383wp_k.m is not here");
      this.skip();
    }
    const { settle, many } = await measure("case2383wp_k", readGridFile(path), [4]);
    const { calls, gas } = many.at(-1)!;
    expect(calls).to.equal(1);
    expect(gas).to.be.below(0.6 * 4 * settle);
  });
});
