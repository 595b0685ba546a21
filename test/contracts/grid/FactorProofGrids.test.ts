import { expect } from "chai";
import { describe, it } from "mocha";
import { FactorProof__factory } from "../../../typechain-types/index.js";
import { proposeVersion, proveVersion, uploadVersion } from "../../../workers/chain/gridVersions.js";
import { factorVersion } from "../../../workers/factor/factorVersion.js";
import { packFactor } from "../../../workers/factor/packFactor.js";
import { factoredGrid } from "../../support/factoredGrid.js";
import { deploySharing } from "../../support/sharedGrid.js";

/** Most gas of a transaction on newer chains (EIP-7825), and most bytes that a node takes. */
const TRANSACTION_GAS = 16_777_216n;
const TRANSACTION_BYTES = 128 * 1024;

const cases = [
  ["case14_ieee", 0],
  ["case30_ieee", 0],
  ["case118_ieee", 0.5],
  ["case2383wp_k", 0.5],
] as const;

describe("grids that no tree of meters spans", function () {
  this.timeout(300_000);
  for (const [name, flows] of cases) {
    it(`proves ${name} with ${flows === 0 ? "injection meters only" : "half of the flow meters gone"}`, async function () {
      const made = factoredGrid(name, flows);
      if (made === undefined) this.skip();
      const { records } = made.built;
      expect(records.geometry.factored).to.equal(true);
      const { provider, as } = await deploySharing();
      const { registry } = as(0);
      const { version } = await proposeVersion(registry, records, new Uint8Array());
      await uploadVersion(registry, version, records, new Uint8Array());
      let gas = 0n;
      const spent: bigint[] = [];
      await proveVersion(registry, version, undefined, (_done, _of, used) => {
        gas += used;
        spent.push(used);
      });
      expect((await registry.summary(version)).status).to.equal(2n);

      const factor = factorVersion(records);
      const { parts } = packFactor(factor);
      const bytes = parts.reduce((sum, part) => sum + part.length, 0);
      const proof = FactorProof__factory.connect(await registry.factorProof(), provider);
      expect(await proof.eigenBound(version)).to.equal(factor.eigenBound);
      expect(spent.every((used) => used < TRANSACTION_GAS)).to.equal(true);
      expect(parts.every((part) => part.length < TRANSACTION_BYTES - 4096)).to.equal(true);
      expect(gas < 30_000_000n && bytes < 1_000_000, `${gas} gas, ${bytes} bytes`).to.equal(true);
    });
  }
});
