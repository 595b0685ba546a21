import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { keccak256 } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import { ChainDataError } from "../../../workers/chain/errors.js";
import {
  proposeVersion,
  proveVersion,
  readVersionRecords,
  uploadVersion,
} from "../../../workers/chain/gridVersions.js";
import { MAX_TRANSACTION_GAS } from "../../../workers/chain/limits.js";
import { revertReason } from "../../../workers/chain/revertReason.js";
import { MAX_PART_BYTES, packLabels, readVersionLabels } from "../../../workers/chain/versionLabels.js";
import { packRecords } from "../../../workers/grid/version/packRecords.js";
import { edge, handMade } from "../../contracts/measurement/handMade.js";
import { refusal } from "../../contracts/measurement/ledgerFixture.js";
import { tinyCase, tinyPlan, tinyVersion } from "../../contracts/measurement/tinyVersion.js";
import { deploySharing } from "../../support/sharedGrid.js";

describe("a version on its way to the chain and back", () => {
  const labels = { case: tinyCase, meters: tinyPlan.meters };
  const packed = packLabels(labels);
  let sharing: Awaited<ReturnType<typeof deploySharing>>;
  let restore: () => Promise<void>;
  before(async () => {
    sharing = await deploySharing();
    const snapshot = await sharing.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());
  const registry = (seat = 0) => sharing.as(seat).registry;

  describe("a small one", () => {
    const records = tinyVersion();

    it("comes back, records and labels", async () => {
      const { version } = await proposeVersion(registry(), records, packed);
      await uploadVersion(registry(), version, records, packed);
      await proveVersion(registry(), version);
      const back = await readVersionRecords(sharing.contracts.registry, sharing.provider, version);
      expect(packRecords(back)).to.deep.equal(packRecords(records));
      expect(back.metersBySeat).to.deep.equal(records.metersBySeat);
      expect(await readVersionLabels(sharing.contracts.registry, sharing.provider, version)).to.deep.equal(
        labels,
      );
    });

    it("says what is not there yet", async () => {
      const { version } = await proposeVersion(registry(), records, packed);
      const { contracts, provider } = sharing;
      const [readRecords, readLabels] = await Promise.all(
        [readVersionRecords, readVersionLabels].map(
          async (read) =>
            await read(contracts.registry, provider, version).then(
              () => undefined,
              (error: unknown) => error,
            ),
        ),
      );
      expect(readRecords)
        .to.be.instanceOf(ChainDataError)
        .with.property("message", "chunk 0 of version 1 is not stored yet");
      expect(readLabels).to.be.instanceOf(ChainDataError);
    });

    it("takes the labels that it committed to from anyone, and no others", async () => {
      const { version } = await proposeVersion(registry(), records, packed);
      const foreign = sharing.contracts.registry;
      const right = [keccak256(packed)];
      for (const [part, hashes, data, name] of [
        [0, [keccak256("0xff")], "0xff", "GridRegistryLabelsMismatch"],
        [0, right, "0xff", "GridRegistryLabelsMismatch"],
        [1, right, "0xff", "GridRegistryUnknownPart"],
        [0, [], "0xff", "GridRegistryLabelsMismatch"],
      ] as const) {
        const refused = await foreign
          .publishLabels(version, part, [...hashes], data)
          .catch((e: unknown) => e);
        expect(revertReason(refused)?.name).to.equal(name);
      }
      await foreign.publishLabels(version, 0, right, packed);
      await foreign.publishLabels(version, 0, right, packed);
      expect(await readVersionLabels(foreign, sharing.provider, version)).to.deep.equal(labels);
    });
  });

  describe("a large one", () => {
    // 2,500 buses in a line: four chunks, and more than one transaction to prove.
    const records = handMade({
      tree: Array.from({ length: 2_499 }, (_, i) => edge(i, 2 ** 20, 2 ** 20, 2 ** 20)),
      rootInjection: 2 ** 20,
    });
    const long = randomBytes(MAX_PART_BYTES + 1);

    it("goes in transactions that a node takes, and on where it was interrupted", async () => {
      const { version } = await proposeVersion(registry(), records, long);
      let steps = 0;
      const interrupted = uploadVersion(registry(), version, records, long, (done, of, gasUsed) => {
        expect(gasUsed < MAX_TRANSACTION_GAS).to.equal(true);
        expect(of).to.equal(packRecords(records).length + 2);
        if (++steps === 3) throw new Error(`stop at ${done}`);
      });
      expect(await interrupted.catch((error: unknown) => String(error))).to.equal("Error: stop at 3");
      await uploadVersion(registry(1), version, records, long, () => steps++);
      expect(steps).to.equal(packRecords(records).length + 2);
      await uploadVersion(registry(), version, records, long, () => steps++);
      expect(steps).to.equal(packRecords(records).length + 2);

      const parts: number[] = [];
      await registry().prove(version, 0, 0);
      await proveVersion(registry(), version, (done, of, gasUsed) => {
        expect(gasUsed <= MAX_TRANSACTION_GAS).to.equal(true);
        parts.push(done, of);
      });
      expect(parts.at(-1)).to.equal(parts.at(-2));
      expect((await registry().summary(version)).status).to.equal(2n);
      await proveVersion(registry(), version);
      const back = await readVersionRecords(registry(), sharing.provider, version);
      expect(packRecords(back).map((c) => keccak256(c))).to.deep.equal(
        packRecords(records).map((c) => keccak256(c)),
      );
    });

    it("names a record in its last chunk that is unsound", async () => {
      const tree = records.tree.map((r, i) => (i === 2_400 ? { ...r, parent: 2_400 } : r));
      const forged = { ...records, tree };
      const { version } = await proposeVersion(registry(), forged, packed);
      await uploadVersion(registry(), version, forged, packed);
      const reason = await refusal(proveVersion(registry(), version));
      expect(reason.arguments).to.deep.equal({ record: "2400", flaw: "Parent" });
    });
  });
});
