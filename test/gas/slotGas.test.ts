import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import hre from "hardhat";
import { slotGas } from "../../bench/slotGas.js";
import { deployDemo } from "../../tasks/support/deployDemo.js";
import { builtinCase } from "../../workers/grid/builtinCase.js";
import { readGridFile } from "../../workers/grid/readGridFile.js";
import type { GridCase } from "../../workers/grid/types.js";
import { sharedPath } from "../support/shared.js";

type Snapshot = Record<string, Record<string, number>>;

const file = new URL("../../snapshots/slotGas.json", import.meta.url);
const names = ["Operator 1", "Operator 2", "Operator 3", "Operator 4"];

/** Gas that differs by less is noise of the values' zero bytes. */
const tolerance = 0.002;

/**
 * Gas is a reviewed number: it must be what the committed snapshot says, and below what the design aims at. With
 * GRIDPROOF_UPDATE_SNAPSHOTS=1 the snapshot is written anew.
 */
describe("gas of a slot among four operators", () => {
  const snapshot: Snapshot = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Snapshot) : {};
  const measured: Snapshot = { ...snapshot };

  after(() => {
    if (process.env.GRIDPROOF_UPDATE_SNAPSHOTS === "1") {
      writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
    }
  });

  async function measure(name: string, gridCase: GridCase): Promise<Record<string, number>> {
    const {
      case: _case,
      buses: _buses,
      lines: _lines,
      operators: _operators,
      ...gas
    } = await slotGas(await deployDemo(names, hre), gridCase);
    measured[name] = { ...gas, perMeter: Math.round(gas.perMeter) };
    return measured[name];
  }

  function compare(name: string, gas: Record<string, number>): void {
    if (process.env.GRIDPROOF_UPDATE_SNAPSHOTS === "1") return;
    const committed = snapshot[name] ?? {};
    expect(Object.keys(gas), "the snapshot names other quantities").to.have.members(Object.keys(committed));
    for (const [quantity, value] of Object.entries(gas)) {
      const before = committed[quantity]!;
      const change = Math.abs(value - before) / before;
      expect(change, `${name}, ${quantity}: ${value}, committed ${before}`).to.be.at.most(tolerance);
    }
  }

  it("IEEE 14: as committed", async () => {
    compare("ieee14", await measure("ieee14", builtinCase("ieee14")));
  });

  it("IEEE 118: as committed, under 1,250 a measurement at 304 meters", async () => {
    const gas = await measure("ieee118", builtinCase("ieee118"));
    compare("ieee118", gas);
    expect(gas.meters).to.equal(304);
    expect(gas.perMeter).to.be.below(1_250);
  });

  it("case2383wp_k: as committed, settled under 2.6 M and 650 a measurement at 5,279 meters", async function () {
    const path = sharedPath("cases/pglib_opf_case2383wp_k.m");
    if (path === undefined) {
      console.log("    skipped: ../shared/cases/pglib_opf_case2383wp_k.m is not here");
      this.skip();
    }
    const gas = await measure("case2383wp_k", readGridFile(path));
    compare("case2383wp_k", gas);
    expect(gas.meters).to.equal(5_279);
    expect(gas.settle).to.be.below(2_600_000);
    expect(gas.perMeter).to.be.below(650);
  });
});
