import { expect } from "chai";
import { Transaction, Wallet } from "ethers";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { meteredGrid } from "../../../bench/devnet/meteredGrid.js";
import { quantiles } from "../../../bench/devnet/quantiles.js";
import { signTransfers, TRANSFER_GAS } from "../../../bench/devnet/signTransfers.js";
import { syntheticCase } from "../../../bench/devnet/syntheticCase.js";
import { GridModelError } from "../../../workers/grid/errors.js";
import { operatorNames } from "../../../workers/grid/operatorNames.js";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe("transfers signed natively", function suite() {
  this.timeout(60_000);
  it("are what ethers signs, byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(
        bytes(32).filter((key) => key.some((byte) => byte > 0) && key[0]! < 255),
        bytes(20),
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.bigInt({ min: 0n, max: 2n ** 80n }),
        fc.integer({ min: 0, max: 70_000 }),
        async (key, receiver, chainId, gasPrice, nonce) => {
          const to = `0x${Buffer.from(receiver).toString("hex")}`;
          const wallet = new Wallet(`0x${Buffer.from(key).toString("hex")}`);
          const [first, second] = signTransfers({ key, chainId, to, gasPrice }, nonce, 2);
          const terms = { type: 0, chainId, to, gasPrice, gasLimit: TRANSFER_GAS, value: 1 };
          expect(first).to.equal(await wallet.signTransaction({ ...terms, nonce }));
          expect(Transaction.from(second)).to.deep.include({ nonce: nonce + 1, from: wallet.address });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("a drawn grid", function suite() {
  this.timeout(60_000);
  it("has as many meters as wanted, of all operators, and generates what it draws", () => {
    for (const meters of [60, 300, 2_000]) {
      const gridCase = syntheticCase(Math.round(0.4 * meters));
      const sum = (of: (bus: (typeof gridCase.buses)[number]) => number): number =>
        gridCase.buses.reduce((total, bus) => total + of(bus), 0);
      const surplus = sum(({ generationMw }) => generationMw) - sum(({ loadMw }) => loadMw);
      expect(Math.abs(surplus)).to.be.lessThan(1e-6);
      const grid = meteredGrid(gridCase, operatorNames(4), meters);
      expect(grid.meters).to.have.length(meters);
      expect(grid.records.metersBySeat.every((count) => count > 0)).to.equal(true);
      expect(grid.estimator.degreesOfFreedom).to.be.greaterThan(0);
    }
  });

  it("says how many meters it takes", () => {
    expect(() => meteredGrid(syntheticCase(20), operatorNames(2), 19)).to.throw(GridModelError, /20 to 5\d/u);
  });
});

describe("quantiles", () => {
  it("are samples, at ranks 50, 95 and 99 of a hundred", () => {
    const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(quantiles(samples)).to.deep.equal({ samples: 100, p50: 50, p95: 95, p99: 99 });
    expect(quantiles([7])).to.deep.equal({ samples: 1, p50: 7, p95: 7, p99: 7 });
    expect(() => quantiles([])).to.throw(RangeError);
  });
});
