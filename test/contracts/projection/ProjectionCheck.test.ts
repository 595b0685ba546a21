import { expect } from "chai";
import { toBeHex, toTwos } from "ethers";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { revertReason, type RevertReason } from "../../../workers/chain/revertReason.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { packMatrices } from "../../../workers/projection/packMatrices.js";
import { packTopology } from "../../../workers/projection/packTopology.js";
import { topologyRows } from "../../../workers/projection/topologyRows.js";
import type { ProjectionTopology } from "../../../workers/projection/types.js";
import { preparedCase } from "./projectionFixture.js";

interface Fault {
  readonly inProjection: boolean;
  readonly row: number;
  readonly column: number;
  readonly by: bigint;
}

const MUCH_GAS = 2_000_000_000;

describe("ProjectionCheck on IEEE 14", () => {
  const { topology, matrices } = preparedCase(builtinCase("ieee14"));
  const h = topologyRows(topology);
  const { states, rows, inverse, projection } = matrices;
  const chunks = packMatrices(matrices);
  let call: (name: string, ...args: unknown[]) => Promise<unknown>;
  before(async () => {
    const { ethers } = await network.create({ override: { blockGasLimit: MUCH_GAS } });
    const harness = await ethers.deployContract("ProjectionHarness");
    call = async (name, ...args) =>
      (await harness.getFunction(name).staticCall(...args, { gasLimit: MUCH_GAS })) as unknown;
  });

  /** g: Σ w (Σ|h|)². */
  const gainBound = h.terms.reduce((sum, row, i) => {
    const size = row.reduce((total, { coefficient }) => total + Math.abs(coefficient), 0);
    return sum + BigInt(h.weight[i]!) * BigInt(size) ** 2n;
  }, 0n);
  const diagonal = Array.from({ length: states }, (_, j) =>
    h.terms.reduce((sum, row, i) => {
      const b = BigInt(row.find(({ column }) => column === j)?.coefficient ?? 0);
      return sum + BigInt(h.weight[i]!) * b * b;
    }, 0n),
  );

  async function check(
    faults: readonly Fault[],
    byFreivalds: boolean,
  ): Promise<(RevertReason | undefined)[]> {
    const found: (RevertReason | undefined)[] = [];
    // A call at a time for some of them: storing a chunk takes gas.
    for (let first = 0; first < faults.length; first += 50) {
      const result = await call(
        "check",
        packTopology(topology, matrices),
        chunks,
        faults.slice(first, first + 50).map((fault) => changed(fault)),
        byFreivalds,
      );
      found.push(...(result as string[]).map((data) => (data === "0x" ? undefined : revertReason({ data }))));
    }
    return found;
  }

  function changed({ inProjection, row, column, by }: Fault) {
    const [bytes, size, entries] = inProjection ? [8, rows, projection] : [16, states, inverse];
    const stride = 32 * Math.ceil((size * bytes) / 32);
    const value = entries[row * size + column]! + by;
    return {
      inProjection,
      position: row * stride + column * bytes,
      entry: toBeHex(toTwos(value, 8 * bytes), bytes),
    };
  }

  const everyInverse = Array.from({ length: states * states }, (_, at) => ({
    inProjection: false,
    row: Math.floor(at / states),
    column: at % states,
  }));
  const everyProjection = Array.from({ length: rows * rows }, (_, at) => ({
    inProjection: true,
    row: Math.floor(at / rows),
    column: at % rows,
  }));

  it("builds H as the worker does, parallel lines, PMUs and both ends included", async () => {
    const [line] = topology.lines;
    const odd: ProjectionTopology = {
      ...topology,
      lines: [...topology.lines, { ...line!, susceptance: -line!.susceptance + 5 }],
      rows: [
        ...topology.rows.slice(0, topology.meters),
        { kind: 2, place: 20, weight: 7, seat: 1 },
        { kind: 3, place: 4, weight: 2 ** 32 - 1, seat: 3 },
      ],
      meters: topology.meters + 2,
    };
    for (const made of [topology, odd]) {
      const dense = Array.from({ length: made.rows.length * states }, () => 0n);
      for (const [row, terms] of topologyRows(made).terms.entries()) {
        for (const { column, coefficient } of terms) dense[row * states + column]! += BigInt(coefficient);
      }
      expect([...((await call("dense", packTopology(made, matrices))) as bigint[])]).to.deep.equal(dense);
    }
  });

  it("finds nothing in honest matrices, by either check", async () => {
    const nothing = Array.from({ length: 20 }, () => ({ inProjection: true, row: 0, column: 0, by: 0n }));
    expect((await check(nothing, false)).every((reason) => reason === undefined)).to.equal(true);
    expect((await check(nothing, true)).every((reason) => reason === undefined)).to.equal(true);
  });

  it("products: finds every entry of P that is off by a single unit, and says where", async function () {
    this.timeout(300_000);
    const faults = everyProjection
      .filter((_, i) => i % 7 === 0)
      .map((at, i) => ({ ...at, by: i % 2 === 0 ? 1n : -1n }));
    for (const [i, reason] of (await check(faults, false)).entries()) {
      expect(reason?.name).to.equal("ProjectionCheckWrongEntry");
      expect(reason?.arguments).to.include({
        matrix: "1",
        row: String(faults[i]!.row),
        column: String(faults[i]!.column),
      });
    }
  });

  it("products: finds every entry of A that is off by more than 2g/G_jj units", async () => {
    const faults = everyInverse.map((at) => ({ ...at, by: (2n * gainBound) / diagonal[at.column]! + 2n }));
    for (const [i, reason] of (await check(faults, false)).entries()) {
      expect(reason?.name).to.equal("ProjectionCheckWrongEntry");
      expect(reason?.arguments).to.include({ matrix: "0", row: String(faults[i]!.row) });
    }
  });

  it("Freivalds: finds an entry of P of the stated smallest size, 2^22 m units, wherever it is", async function () {
    this.timeout(300_000);
    const smallest = BigInt(rows) * 2n ** 22n + 1n;
    const faults = everyProjection
      .filter((_, i) => i % 5 === 0)
      .map((at, i) => ({ ...at, by: i % 2 === 0 ? smallest : -smallest }));
    for (const [i, reason] of (await check(faults, true)).entries()) {
      expect(reason?.name).to.equal("ProjectionCheckWrongRound");
      expect(reason?.arguments).to.include({ matrix: "1", row: String(faults[i]!.row), round: "0" });
    }
  });

  it("Freivalds: finds an entry of A of the stated smallest size, 2^23 g/G_jj units, wherever it is", async () => {
    const faults = everyInverse.map((at) => ({
      ...at,
      by: (gainBound * 2n ** 23n) / diagonal[at.column]! + 2n ** 23n,
    }));
    for (const [i, reason] of (await check(faults, true)).entries()) {
      expect(reason?.name).to.equal("ProjectionCheckWrongRound");
      expect(reason?.arguments).to.include({ matrix: "0", row: String(faults[i]!.row), round: "0" });
    }
  });

  it("Freivalds: lets roundings pass, so that an honest model is never refused", async () => {
    const faults = everyProjection.filter((_, i) => i % 31 === 0).map((at) => ({ ...at, by: 1n }));
    expect((await check(faults, true)).filter((reason) => reason !== undefined)).to.deep.equal([]);
  });

  it("finds a P that is right for other weights", async () => {
    const [first, ...rest] = topology.rows;
    const other = { ...topology, rows: [{ ...first!, weight: first!.weight - 1000 }, ...rest] };
    for (const byFreivalds of [false, true]) {
      const nothing = [{ inProjection: true, row: 0, column: 0, by: 0n }];
      const [data] = (await call(
        "check",
        packTopology(other, matrices),
        chunks,
        nothing.map((fault) => changed(fault)),
        byFreivalds,
      )) as string[];
      expect(revertReason({ data })?.name).to.match(/^ProjectionCheckWrong/u);
    }
  });
});
