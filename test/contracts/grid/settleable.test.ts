import { expect } from "chai";
import { ZeroHash } from "ethers";
import { proposeVersion, proveVersion, uploadVersion } from "../../../workers/chain/gridVersions.js";
import { revertReason } from "../../../workers/chain/revertReason.js";
import type { Geometry } from "../../../workers/grid/version/types.js";
import { deploySharing } from "../../support/sharedGrid.js";
import { tinyVersion } from "../measurement/tinyVersion.js";

describe("a version that slots could not be settled under", () => {
  const tiny = tinyVersion();

  async function refusalOf(change: Partial<Geometry>): Promise<unknown> {
    const { as } = await deploySharing();
    const geometry = { ...tiny.geometry, ...change };
    const owners = [geometry.meters];
    const refused = await as(0)
      .registry.propose(geometry, owners, [], ZeroHash)
      .catch((error: unknown) => error);
    const { name, arguments: figures } = revertReason(refused)!;
    return name === "GridRegistryBadGeometry" ? figures.what : name;
  }

  it("is refused where values and angles do not fit into a transaction, and not one meter below", async () => {
    // 3·28,000 + 5·9,100 = 129,500.
    const most = { buses: 9_100, chords: 0, meters: 28_000 };
    expect(await refusalOf(most)).to.equal("GridRegistryChunkCount");
    expect(await refusalOf({ ...most, meters: 28_001 })).to.equal("settlementBytes");
  });

  it("is refused where lines without meters would use up the gas of a transaction", async () => {
    expect(await refusalOf({ buses: 1_000, chords: 25_000, meters: 1_200 })).to.equal("settlementGas");
    expect(await refusalOf({ buses: 9_241, chords: 6_809, meters: 25_290 })).to.equal(
      "GridRegistryChunkCount",
    );
  });
});

describe("a version with the meters of the one in force, in another unit", () => {
  it("needs the approval of every owner", async () => {
    const sharing = await deploySharing();
    const { registry } = sharing.as(0);
    const first = tinyVersion();
    const bring = async (records: typeof first): Promise<bigint> => {
      const { version } = await proposeVersion(registry, records, new Uint8Array(1));
      await uploadVersion(registry, version, records, new Uint8Array(1));
      await proveVersion(registry, version);
      await sharing.time.increase(61);
      return version;
    };
    const version = await bring(first);
    const { contentHash } = await registry.summary(version);
    for (const seat of first.metersBySeat.keys()) {
      await sharing.as(seat).registry.approve(version, contentHash);
    }
    await registry.activate(version);
    for (const change of [{ powerUnitKw: 2 }, { weightDigits: first.geometry.weightDigits - 8 }]) {
      const other = await bring({ ...first, geometry: { ...first.geometry, ...change } });
      const refused = await registry.activate(other).catch((error: unknown) => error);
      expect(revertReason(refused)?.name).to.equal("GridRegistryApprovalMissing");
    }
  });
});
