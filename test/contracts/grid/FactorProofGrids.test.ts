import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { FactorProof__factory } from "../../../typechain-types/index.js";
import { proposeVersion, proveVersion, uploadVersion } from "../../../workers/chain/gridVersions.js";
import { factorVersion } from "../../../workers/factor/factorVersion.js";
import { packFactor } from "../../../workers/factor/packFactor.js";
import { factoredGrid } from "../../support/factoredGrid.js";
import { deploySharing } from "../../support/sharedGrid.js";

type Snapshot = Record<string, { readonly gas: number; readonly bytes: number; readonly parts: number }>;

const file = new URL("../../../snapshots/factorGas.json", import.meta.url);
const updates = process.env.GRIDPROOF_UPDATE_SNAPSHOTS === "1";

/** Most gas of a transaction on newer chains (EIP-7825), and most bytes of a part: 128 KiB less the hashes beside it. */
const TRANSACTION_GAS = 16_777_216n;
const PART_BYTES = 127_000;

const cases = [
  ["case14_ieee", 0],
  ["case30_ieee", 0],
  ["case118_ieee", 0.5],
  ["case2383wp_k", 0.5],
] as const;

describe("grids that no tree of meters spans", function () {
  this.timeout(300_000);
  const snapshot = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Snapshot) : {};
  const measured: Snapshot = { ...snapshot };
  after(() => {
    if (updates) writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
  });

  for (const [name, flows] of cases) {
    const plan = flows === 0 ? "injection meters only" : "half of the flow meters gone";
    it(`proves ${name} with ${plan}, for the gas that is committed`, async function () {
      const made = factoredGrid(name, flows);
      if (made === undefined) this.skip();
      const { records } = made.built;
      expect(records.geometry.factored).to.equal(true);
      const { provider, as } = await deploySharing();
      const { registry } = as(0);
      const { version } = await proposeVersion(registry, records, new Uint8Array());
      await uploadVersion(registry, version, records, new Uint8Array());
      const spent: bigint[] = [];
      await proveVersion(registry, version, undefined, (_done, _of, used) => spent.push(used));
      expect((await registry.summary(version)).status).to.equal(2n);

      const factor = factorVersion(records);
      const { parts } = packFactor(factor);
      const proof = FactorProof__factory.connect(await registry.factorProof(), provider);
      expect(await proof.eigenBound(version)).to.equal(factor.eigenBound);
      expect(spent).to.have.length(parts.length + 1);
      expect(spent.every((used) => used < TRANSACTION_GAS)).to.equal(true);
      expect(parts.every((part) => part.length < PART_BYTES)).to.equal(true);

      const gas = Number(spent.reduce((sum, used) => sum + used, 0n));
      const bytes = parts.reduce((sum, part) => sum + part.length, 0);
      measured[name] = { gas, bytes, parts: parts.length };
      expect(gas < 30_000_000 && bytes < 1_000_000, `${gas} gas, ${bytes} bytes`).to.equal(true);
      if (updates) return;
      const committed = snapshot[name]!;
      expect({ bytes, parts: parts.length }).to.deep.equal({
        bytes: committed.bytes,
        parts: committed.parts,
      });
      const change = Math.abs(gas / committed.gas - 1);
      expect(change, `${gas} gas, committed ${committed.gas}`).to.be.at.most(0.002);
    });
  }
});
