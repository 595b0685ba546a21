import { expect } from "chai";
import { keccak256, ZeroAddress } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import type { MeteringPlan } from "../../../workers/grid/types.js";
import { packRecords } from "../../../workers/grid/version/packRecords.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { uploadVersion } from "../../../workers/chain/gridVersions.js";
import { deploySharing } from "../../support/sharedGrid.js";
import { bringIntoForce, proveOnly, refusal } from "../measurement/ledgerFixture.js";
import { tinyPlan, tinyVersion } from "../measurement/tinyVersion.js";

const Status = { Proposed: 1n, Proved: 2n, Active: 3n, Replaced: 4n, Vetoed: 5n };
const VETO_SECONDS = 60;

describe("GridRegistry", () => {
  const records = tinyVersion();
  const [chunk] = packRecords(records);
  let sharing: Awaited<ReturnType<typeof deploySharing>>;
  let restore: () => Promise<void>;
  before(async () => {
    sharing = await deploySharing(4, VETO_SECONDS);
    const snapshot = await sharing.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const registry = (seat = 0) => sharing.as(seat).registry;
  const propose = async (made: VersionRecords = records, seat = 0) =>
    await registry(seat).propose(
      made.geometry,
      [...made.metersBySeat],
      packRecords(made).map((bytes) => keccak256(bytes)),
      keccak256("0x"),
    );
  /** Everything that is known of a version, for comparison. */
  const known = async (version = 1) => ({
    summary: JSON.stringify(await registry().summary(version), inWords),
    records: JSON.stringify(await registry().records(version), inWords),
    active: await registry().activeVersion(),
    count: await registry().versionCount(),
  });
  /** Refused by this error, and nothing changed. */
  const refused = async (call: () => Promise<unknown>, name: string, args = {}, version = 1) => {
    const was = await known(version);
    const reason = await refusal(call());
    expect(reason.name, reason.message).to.equal(name);
    expect(reason.arguments).to.include(inStrings(args));
    expect(await known(version)).to.deep.equal(was);
  };
  const approve = async (seat: number, version = 1) =>
    await registry(seat).approve(version, (await registry().summary(version)).contentHash);
  const activate = async (version = 1) => await registry(3).activate(version);

  describe("propose", () => {
    it("is for members", async () => {
      const { contracts, stranger } = sharing;
      const call = contracts.registry.propose(records.geometry, [8], [keccak256(chunk!)], keccak256("0x"));
      expect(await refusal(call)).to.deep.include({
        name: "ConsortiumNotMember",
        arguments: { account: stranger.address },
      });
    });

    it("numbers versions from 1, each based on the one in force", async () => {
      await propose();
      await propose();
      expect(await registry().versionCount()).to.equal(2n);
      expect((await registry().summary(2)).base).to.equal(0n);
      await refused(() => registry().summary(3), "GridRegistryUnknownVersion", { version: 3 });
      await refused(() => registry().summary(0), "GridRegistryUnknownVersion", { version: 0 });
    });

    it("commits to all that is proposed", async () => {
      await propose();
      await propose({ ...records, geometry: { ...records.geometry, powerUnitKw: 2 } });
      await propose({ ...records, metersBySeat: [2, 4, 2] });
      await registry().propose(
        records.geometry,
        [...records.metersBySeat],
        [keccak256(chunk!)],
        keccak256("0x01"),
      );
      const hashes = [1, 2, 3, 4].map(async (v) => (await registry().summary(v)).contentHash);
      expect(new Set(await Promise.all(hashes)).size).to.equal(4);
    });
  });

  describe("storeChunk", () => {
    beforeEach(async () => void (await propose()));

    it("refuses every chunk with a bit turned", async () => {
      for (let bit = 0; bit < 8 * chunk!.length; bit += 97) {
        const turned = chunk!.slice();
        turned[bit >> 3] = turned[bit >> 3]! ^ (1 << (bit & 7));
        const reason = await refusal(registry().storeChunk.staticCall(1, 0, turned));
        expect(reason.name).to.equal("GridRegistryChunkMismatch");
        expect(reason.arguments.want).to.equal(keccak256(chunk!));
      }
      await refused(
        () => registry().storeChunk(1, 0, new Uint8Array(chunk!.length)),
        "GridRegistryChunkMismatch",
      );
    });

    it("refuses a chunk of another length, one that there is not, and one of no version", async () => {
      const { length } = chunk!;
      const short = chunk!.subarray(32);
      await refused(() => registry().storeChunk(1, 0, short), "GridRegistryChunkLength", { want: length });
      await refused(() => registry().storeChunk(1, 1, chunk!), "GridRegistryUnknownChunk", { chunk: 1 });
      await refused(() => registry().storeChunk(2, 0, chunk!), "GridRegistryUnknownVersion", { version: 2 });
    });

    it("takes a chunk from anyone, once", async () => {
      await sharing.contracts.registry.storeChunk(1, 0, chunk!);
      await refused(() => registry().storeChunk(1, 0, chunk!), "GridRegistryChunkAlreadyStored", {
        chunk: 0,
      });
    });
  });

  describe("prove", () => {
    it("refuses while a chunk is missing, then goes on", async () => {
      await propose();
      await refused(() => registry().prove(1, 0, 3), "GridRegistryChunkMissing", { chunk: 0 });
      await registry().storeChunk(1, 0, chunk!);
      await registry().prove(1, 0, 3);
      expect((await registry().summary(1)).status).to.equal(Status.Proved);
    });

    it("is not harmed by parts lost, repeated or out of order", async () => {
      await propose();
      await registry().storeChunk(1, 0, chunk!);
      await refused(() => registry().prove(1, 1, 1), "GridRegistryPartOutOfOrder", { got: 1, want: 0 });
      await registry().prove(1, 0, 0);
      await refused(() => registry().prove(1, 0, 0), "GridRegistryPartOutOfOrder", { got: 0, want: 1 });
      await refused(() => registry().prove(1, 0, 3), "GridRegistryPartOutOfOrder", { got: 0, want: 1 });
      await refused(() => registry().prove(1, 2, 3), "GridRegistryPartOutOfOrder", { got: 2, want: 1 });
      await refused(() => registry().prove(1, 1, 4), "GridRegistryUnknownPart", { part: 4, partCount: 4 });
      await refused(() => registry().prove(1, 1, 0), "GridRegistryUnknownPart", { part: 0 });
      await sharing.contracts.registry.prove(1, 1, 2);
      expect((await registry().summary(1)).partsProved).to.equal(3n);
      await refused(() => activate(), "GridRegistryWrongStatus", {
        got: Status.Proposed,
        want: Status.Proved,
      });
      await registry().prove(1, 3, 3);
      await refused(() => registry().prove(1, 4, 4), "GridRegistryWrongStatus", { got: Status.Proved });
      await refused(() => registry().storeChunk(1, 0, chunk!), "GridRegistryWrongStatus", {
        got: Status.Proved,
      });
    });

    it("proves two versions side by side, in any mixture", async () => {
      const other = tinyVersion(without("flowFrom", 3));
      await propose();
      await propose(other, 1);
      await registry().storeChunk(2, 0, packRecords(other)[0]!);
      await registry().prove(2, 0, 1);
      await registry().storeChunk(1, 0, chunk!);
      await registry().prove(1, 0, 3);
      await registry().prove(2, 2, 3);
      expect([(await registry().summary(1)).status, (await registry().summary(2)).status]).to.deep.equal([
        Status.Proved,
        Status.Proved,
      ]);
      const digests = [1, 2].map(
        async (v) => await Promise.all([0, 1, 2, 3].map((seat) => registry().metersDigest(v, seat))),
      );
      const [first, second] = await Promise.all(digests);
      expect(first!.map((digest, seat) => digest === second![seat])).to.deep.equal([true, false, true, true]);
    });
  });

  describe("approve", () => {
    beforeEach(async () => void (await propose()));

    it("is for members, for what they have read, once", async () => {
      const { contentHash } = await registry().summary(1);
      const { contracts } = sharing;
      await refused(() => contracts.registry.approve(1, contentHash), "ConsortiumNotMember");
      const wrong = keccak256("0x");
      await refused(() => registry().approve(1, wrong), "GridRegistryContentMismatch", {
        got: wrong,
        want: contentHash,
      });
      await approve(0);
      await refused(() => approve(0), "GridRegistryAlreadyApproved", { seat: 0 });
      expect((await registry().summary(1)).approvals).to.equal(1n);
      await refused(() => registry().approve(2, contentHash), "GridRegistryUnknownVersion");
    });
  });

  describe("veto", () => {
    it("ends a version before its proof, by any member and nobody else", async () => {
      await propose();
      await refused(() => sharing.contracts.registry.veto(1), "ConsortiumNotMember");
      await registry(3).veto(1);
      expect((await registry().summary(1)).status).to.equal(Status.Vetoed);
      const args = { got: Status.Vetoed };
      await refused(() => registry().veto(1), "GridRegistryWrongStatus", args);
      await refused(() => registry().storeChunk(1, 0, chunk!), "GridRegistryWrongStatus", args);
      await refused(() => registry().prove(1, 0, 0), "GridRegistryWrongStatus", args);
      await refused(() => approve(0), "GridRegistryWrongStatus", args);
      await refused(() => activate(), "GridRegistryWrongStatus", args);
    });

    it("is in time until its window is over, which starts with the end of the proof", async () => {
      await proveOnly(sharing, records);
      for (const seat of [0, 1, 2]) await approve(seat);
      const vetoUntil = Number((await registry().summary(1)).vetoUntil);
      await sharing.time.increaseTo(vetoUntil - 2);
      await refused(() => activate(), "GridRegistryVetoWindowOpen", { vetoUntil });
      const { networkHelpers } = sharing.connection;
      const snapshot = await networkHelpers.takeSnapshot();
      await sharing.time.setNextBlockTimestamp(vetoUntil - 1);
      await registry(3).veto(1);
      await snapshot.restore();
      await sharing.time.increaseTo(vetoUntil);
      await refused(() => registry(3).veto(1), "GridRegistryVetoWindowOver", { vetoUntil });
      await activate();
      await refused(() => registry(3).veto(1), "GridRegistryWrongStatus", { got: Status.Active });
    });
  });

  describe("activate", () => {
    it("asks for the approval of exactly those whose meters are new", async () => {
      await proveOnly(sharing, records);
      await sharing.time.increase(VETO_SECONDS);
      for (const seat of [0, 1, 2]) {
        await refused(() => activate(), "GridRegistryApprovalMissing", { seat });
        await approve(seat);
      }
      await activate();
      expect(await registry().activeVersion()).to.equal(1n);
      expect((await registry().summary(1)).activatedAt).to.equal(BigInt(await sharing.time.latest()));
      await refused(() => activate(), "GridRegistryWrongStatus", { got: Status.Active });
    });

    const changes: [what: string, plan: MeteringPlan, approvers: number[]][] = [
      ["nothing changes", tinyPlan, []],
      ["a meter is removed", without("flowFrom", 3), [1]],
      ["one gives all its meters to another", inherited(), [0, 2]],
      ["a meter passes from one to the other", given("flowTo", "A"), [0, 1]],
      ["a weight changes, and with it the scale of all", resigned("flowFrom", 2, 7), [0, 1, 2]],
      ["a weight changes that leaves the scale", resigned("flowFrom", 2, 20), [0]],
      ["a zero injection goes", { ...tinyPlan, zeroInjections: [] }, []],
    ];
    for (const [what, plan, approvers] of changes) {
      it(`asks for that of ${approvers.length === 0 ? "nobody" : `seat ${approvers.join(" and ")}`} when ${what}`, async () => {
        await bringIntoForce(sharing, records, [0, 1, 2]);
        await proveOnly(sharing, tinyVersion(plan));
        await sharing.time.increase(VETO_SECONDS);
        for (const seat of approvers) {
          await refused(() => activate(2), "GridRegistryApprovalMissing", { seat }, 2);
          await approve(seat, 2);
        }
        await activate(2);
        expect((await registry().summary(1)).status).to.equal(Status.Replaced);
        expect(await registry().activeVersion()).to.equal(2n);
      });
    }

    it("refuses a version that replaces another than the one in force", async () => {
      await propose();
      await propose();
      await registry().storeChunk(2, 0, chunk!);
      await registry().prove(2, 0, 3);
      await bringIntoForce(sharing, records, [0, 1, 2]);
      for (const seat of [0, 1, 2]) await approve(seat, 2);
      await refused(() => activate(2), "GridRegistryStaleVersion", { version: 2, base: 0, active: 3 }, 2);
    });

    it("refuses a version with an owner that was expelled in the meantime", async () => {
      await proveOnly(sharing, records);
      for (const seat of [0, 1, 2]) await approve(seat);
      await sharing.as(2).consortium.transfer(sharing.members[0]!.address, 10n ** 12n);
      await sharing.contracts.consortium.expel(sharing.members[2]!.address);
      await sharing.time.increase(VETO_SECONDS);
      await refused(() => activate(), "GridRegistryOwnerNotMember", { seat: 2 });
    });

    it("lets another take over the meters of one that was expelled", async () => {
      await bringIntoForce(sharing, records, [0, 1, 2]);
      await sharing.as(2).consortium.transfer(sharing.members[0]!.address, 10n ** 12n);
      await sharing.contracts.consortium.expel(sharing.members[2]!.address);
      await bringIntoForce(sharing, tinyVersion(inherited()), [0]);
      expect(await registry().activeVersion()).to.equal(2n);
    });
  });

  describe("versionAt", () => {
    it("is the version in force at a time", async () => {
      await bringIntoForce(sharing, records, [0, 1, 2]);
      await bringIntoForce(sharing, records, []);
      const [first, second] = await Promise.all(
        [1, 2].map(async (v) => (await registry().summary(v)).activatedAt),
      );
      expect(await registry().versionAt(first! - 1n)).to.equal(0n);
      expect(await registry().versionAt(first! + 1n)).to.equal(1n);
      expect(await registry().versionAt(second! - 1n)).to.equal(1n);
      expect(await registry().versionAt(second! + 1n)).to.equal(2n);
    });
  });

  it("knows no chunk before it is stored, and keeps its bytes as code that never runs", async () => {
    await propose();
    expect([...(await registry().records(1))[1]]).to.deep.equal([ZeroAddress]);
    await uploadVersion(registry(), 1n, records, new Uint8Array());
    const [account] = (await registry().records(1))[1];
    expect(await sharing.provider.getCode(account!)).to.equal(`0x00${Buffer.from(chunk!).toString("hex")}`);
  });
});

function inWords(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function inStrings(args: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, String(value)]));
}

/** The plan without the meter of a kind at a place. */
function without(kind: string, place: number): MeteringPlan {
  return { ...tinyPlan, meters: tinyPlan.meters.filter((m) => m.kind !== kind || m.place !== place) };
}

/** The plan with all meters of operator C given to operator A. */
function inherited(): MeteringPlan {
  return { ...tinyPlan, meters: tinyPlan.meters.map((m) => (m.owner === "C" ? { ...m, owner: "A" } : m)) };
}

/** The plan with the meters of a kind given to another operator. */
function given(kind: string, owner: string): MeteringPlan {
  return { ...tinyPlan, meters: tinyPlan.meters.map((m) => (m.kind === kind ? { ...m, owner } : m)) };
}

/** The plan with another sigma for one meter. */
function resigned(kind: string, place: number, sigma: number): MeteringPlan {
  const changed = (m: (typeof tinyPlan.meters)[number]) => m.kind === kind && m.place === place;
  return { ...tinyPlan, meters: tinyPlan.meters.map((m) => (changed(m) ? { ...m, sigma } : m)) };
}
