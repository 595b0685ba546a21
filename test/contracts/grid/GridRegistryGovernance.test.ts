import { expect } from "chai";
import { before, beforeEach, describe, it } from "mocha";
import { keccak256 } from "ethers";
import { carried, carry } from "../../support/carry.js";
import { deploySharing } from "../../support/sharedGrid.js";
import { bringIntoForce, proveOnly, refusal } from "../measurement/ledgerFixture.js";
import { tinyPlan, tinyVersion } from "../measurement/tinyVersion.js";

describe("GridRegistry under the members' votes", () => {
  let f: Awaited<ReturnType<typeof deploySharing>>;
  let restore: () => Promise<void>;
  before(async () => {
    f = await deploySharing(4, 60);
    const snapshot = await f.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  describe("setVetoSeconds", () => {
    it("holds for windows that open later; those that are open keep their end", async () => {
      const first = await proveOnly(f, tinyVersion());
      const { vetoUntil } = await f.contracts.registry.summary(first);
      await carry(f.governance, f.time, f.members.slice(0, 3), calls(f, 5_000));
      expect(await f.contracts.registry.vetoSeconds()).to.equal(5_000n);
      expect((await f.contracts.registry.summary(first)).vetoUntil).to.equal(vetoUntil);
      const second = await proveOnly(f, tinyVersion());
      const proved = BigInt(await f.time.latest());
      expect((await f.contracts.registry.summary(second)).vetoUntil).to.equal(proved + 5_000n);
    });

    it("is refused to members, and beyond 90 days", async () => {
      const most = 90 * 86_400;
      expect((await refusal(f.as(0).registry.setVetoSeconds(1))).name).to.equal("GridRegistryNotGovernance");
      const made = await carried(f.governance, f.time, f.members.slice(0, 3), calls(f, most + 1));
      const reason = await refusal(f.governance.execute(made.id, made.calls));
      expect([reason.name, reason.arguments]).to.deep.equal([
        "GridRegistryVetoSeconds",
        { got: String(most + 1), max: String(most) },
      ]);
    });
  });

  describe("flags", () => {
    const { geometry } = tinyVersion();
    /** Proposes so many meters for each seat; nothing is uploaded. */
    const flagsOf = async (meters: readonly number[]) => {
      const total = meters.reduce((sum, count) => sum + count, 0);
      const { registry } = f.as(0);
      const receipt = await (
        await registry.propose(
          { ...geometry, meters: total },
          [...meters],
          [keccak256("0x")],
          keccak256("0x"),
        )
      ).wait();
      const version = await registry.versionCount();
      const flags = await registry.flags(version);
      const events = await registry.queryFilter(
        registry.filters.VersionFlagged(version),
        receipt!.blockNumber,
      );
      expect(events.map(({ args }) => [args.stripped, args.swollen])).to.deep.equal(
        flags[0] === 0n && flags[1] === 0n ? [] : [[...flags]],
      );
      return [...flags];
    };

    it("flags nobody in the first version", async () => {
      expect(await flagsOf([1, 0, 7])).to.deep.equal([0n, 0n]);
    });

    it("flags who loses nine of ten or all, and who gains more than a tenth of what there was", async () => {
      // The base: 3, 3 and 2 of 8 meters, so that one more is more than a tenth, and one of three is not one of ten.
      const base = tinyVersion();
      await bringIntoForce(f, base, [0, 1, 2]);
      const [a, b, c] = base.metersBySeat as [number, number, number];
      expect(await flagsOf([a, b, c])).to.deep.equal([0n, 0n]);
      expect(await flagsOf([a, b])).to.deep.equal([0b100n, 0n]);
      expect(await flagsOf([0, b, c])).to.deep.equal([0b1n, 0n]);
      expect(await flagsOf([1, b, c])).to.deep.equal([0n, 0n]);
      expect(await flagsOf([a, b + 1, c])).to.deep.equal([0n, 0b10n]);
      expect(await flagsOf([a, 0, c, 1])).to.deep.equal([0b10n, 0b1000n]);
      expect(await flagsOf([a + b + c])).to.deep.equal([0b110n, 0b1n]);
      expect((await refusal(f.contracts.registry.flags(99))).name).to.equal("GridRegistryUnknownVersion");
    });

    it("has a meter that passes from one to another count for both", async () => {
      await bringIntoForce(f, tinyVersion(), [0, 1, 2]);
      const given = {
        ...tinyPlan,
        meters: tinyPlan.meters.map((meter) => ({
          ...meter,
          owner: meter.owner === "C" ? "B" : meter.owner,
        })),
      };
      const version = await proveOnly(f, tinyVersion(given));
      expect([...(await f.contracts.registry.flags(version))]).to.deep.equal([0b100n, 0b10n]);
    });
  });
});

/** What a proposal calls to change the veto window. */
function calls({ addresses, contracts }: Awaited<ReturnType<typeof deploySharing>>, seconds: number) {
  const data = contracts.registry.interface.encodeFunctionData("setVetoSeconds", [seconds]);
  return [{ target: addresses.registry, data }];
}
