import { expect } from "chai";
import { getBytes, hexlify, ZeroHash } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import { addressOfKey } from "../../../workers/crypto/addressOfKey.js";
import { identityHash, saltedId } from "../../../workers/metering/identityHash.js";
import { checkEpochKey, EpochKeyRefusedError } from "../../../workers/metering/keys/checkEpochKey.js";
import { epochOpening, type EpochOpening } from "../../../workers/metering/keys/epochOpening.js";
import { mdmsRegistration } from "../../../workers/metering/keys/mdmsRegistration.js";
import { registrationRequest } from "../../../workers/metering/keys/registrationRequest.js";
import { epochRevocation } from "../../../workers/metering/keys/revocations.js";
import {
  type Deployed,
  deployMetering,
  epochKeysOf,
  mdmsIdentity,
  namedKeys,
  openEpoch,
  rules,
  startMdms,
} from "./meteringFixture.js";
import { refused } from "../refused.js";

const DAY = 86_400;

describe("MdmsKeys", () => {
  let f: Deployed;
  let restore: () => Promise<void>;
  before(async () => {
    f = await deployMetering();
    await startMdms(f, DAY);
    const snapshot = await f.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const salted = saltedId("MDMS 2", hexlify(new Uint8Array(32).fill(3)));
  const second = namedKeys("second mdms");
  const register = async (request: ReturnType<typeof mdmsRegistration>) =>
    await f.anyone.registerMdms(request.saltedId, request.identity, request.r, request.vs);
  const opening = async (epoch: number, key = epochKeysOf(epoch), identity = mdmsIdentity) =>
    epochOpening(f.domain, epoch, (await f.now()) + DAY, identity, key);
  const open = async ({ epoch, publicKey, validUntil, r, vs, keyR, keyVs }: EpochOpening) =>
    await f.anyone.openEpoch(epoch, publicKey, validUntil, r, vs, keyR, keyVs);

  describe("the MDMS", () => {
    it("registers by its identity key, once, and not as a meter", async () => {
      const request = mdmsRegistration(f.domain, salted, second);
      const stored = identityHash(salted, request.identity);
      const declines = async (wrong: typeof request) =>
        await f.anyone.registerMdms.staticCall(wrong.saltedId, wrong.identity, wrong.r, wrong.vs);
      expect(await declines(request)).to.equal(false);
      await f.utility.storeMdmsIdentity(stored);
      await refused(f.utility.storeMdmsIdentity(stored), "MeteringIdentityStored");
      await refused(f.utility.storeIdentities([stored]), "MeteringIdentityStored");
      await refused(f.anyone.storeMdmsIdentity(stored), "ConsortiumNotMember");
      expect(await declines({ ...request, r: ZeroHash })).to.equal(false);
      expect(await declines(mdmsRegistration(f.domain, salted, namedKeys("thief")))).to.equal(false);
      const asMeter = registrationRequest(f.domain, salted, second, 0);
      expect(await f.metering.registerMeters.staticCall([asMeter])).to.equal(0n);
      expect(await f.metering.meterOf(stored)).to.equal(0n);
      expect(await declines(request)).to.equal(true);
      await register(request);
      const { number, hid, identity } = await f.metering.mdms();
      expect([number, hid, identity]).to.deep.equal([2n, stored, request.identity]);
      expect(await declines(request)).to.equal(false);
    });

    it("that is lost is replaced: its keys hold no more, and the numbers of epochs go on", async () => {
      await openEpoch(f, 2, DAY);
      const request = mdmsRegistration(f.domain, salted, second);
      await f.utility.storeMdmsIdentity(identityHash(salted, request.identity));
      await register(request);
      expect([...(await f.metering.epochs())]).to.deep.equal([2n, 0n, 0n]);
      for (const epoch of [1, 2]) expect((await f.metering.epochKey(epoch)).revoked).to.equal(true);
      await refused(open(await opening(3)), "MeteringBadSignature");
      await open(await opening(3, epochKeysOf(3), second));
      expect((await f.metering.epochKey(3)).mdms).to.equal(2n);
    });

    it("opens no epoch before it is registered", async () => {
      f = await deployMetering();
      await refused(open(await opening(1)), "MeteringNoMdms");
      const { r, vs } = epochRevocation(f.domain, 1, mdmsIdentity.privateKey);
      await refused(f.anyone.revokeEpochSigned(1, r, vs), "MeteringNoMdms");
      f = await deployMetering();
      await startMdms(f, DAY);
      const snapshot = await f.networkHelpers.takeSnapshot();
      restore = async () => await snapshot.restore();
    });
  });

  describe("an epoch", () => {
    it("is the next, signed by identity key and epoch key, with a point of the curve that never served", async () => {
      const right = await opening(2);
      await refused(open({ ...right, epoch: 3 }), "MeteringWrongEpoch");
      await refused(open({ ...right, epoch: 1 }), "MeteringWrongEpoch");
      await refused(open({ ...right, validUntil: right.validUntil + 1 }), "MeteringBadSignature");
      await refused(open({ ...right, validUntil: 1 }), "MeteringBadValidity");
      await refused(open({ ...right, r: ZeroHash }), "MeteringBadSignature");
      await refused(open({ ...right, keyR: right.r, keyVs: right.vs }), "MeteringBadSignature");
      await refused(open(await opening(2, epochKeysOf(2), namedKeys("thief"))), "MeteringBadSignature");
      await refused(open(await opening(2, epochKeysOf(1))), "MeteringEpochKeyUsed");
      await refused(open(await opening(2, mdmsIdentity)), "MeteringEpochKeyUsed");
      for (const publicKey of [
        "0x",
        `0x${"00".repeat(33)}`,
        `0x04${right.publicKey.slice(4)}`,
        `0x02${"ff".repeat(32)}`,
        `${right.publicKey}00`,
      ]) {
        await refused(open({ ...right, publicKey }), "MeteringNotOnCurve");
      }
      await open(right);
      const { publicKey, until, revoked, mdms } = await f.metering.epochKey(2);
      expect([publicKey, until, revoked, mdms]).to.deep.equal([
        right.publicKey,
        BigInt(right.validUntil),
        false,
        1n,
      ]);
      // The one before ends with the overlap.
      const { until: cut } = await f.metering.epochKey(1);
      expect(cut).to.equal(BigInt((await f.now()) + rules.overlapSeconds));
      expect((await f.metering.epochKey(3)).publicKey).to.equal("0x");
    });

    it("is revoked by utility or MDMS while it is in force", async () => {
      await openEpoch(f, 2, DAY);
      const signed = (epoch: number, key = mdmsIdentity) => epochRevocation(f.domain, epoch, key.privateKey);
      const thief = signed(1, second);
      await refused(f.anyone.revokeEpochSigned(1, thief.r, thief.vs), "MeteringBadSignature");
      const { r, vs } = signed(1);
      await f.anyone.revokeEpochSigned(1, r, vs);
      await refused(f.anyone.revokeEpochSigned(1, r, vs), "MeteringEpochOver");
      await refused(f.anyone.revokeEpoch(2), "ConsortiumNotMember");
      await f.utility.revokeEpoch(2);
      for (const epoch of [0, 2, 3]) await refused(f.utility.revokeEpoch(epoch), "MeteringEpochOver");
      expect([...(await f.metering.epochs())]).to.deep.equal([2n, 0n, 0n]);
    });
  });

  describe("what a meter gets over MQTT", () => {
    it("is taken from the MDMS alone, for this place, while it holds", async () => {
      const signed = await opening(2);
      const mdms = addressOfKey(mdmsIdentity.publicKey);
      const now = await f.now();
      const flaw = (change: Partial<EpochOpening>, at = now, domain = f.domain, who = mdms): string => {
        try {
          checkEpochKey(domain, { ...signed, ...change }, who, at);
          return "none";
        } catch (error) {
          if (error instanceof EpochKeyRefusedError) return error.flaw;
          throw error;
        }
      };
      expect(flaw({})).to.equal("none");
      expect(checkEpochKey(f.domain, signed, mdms, now)).to.deep.equal({
        epoch: 2,
        publicKey: getBytes(signed.publicKey),
      });
      // A concentrator's own key, under the MDMS's signature and under its own.
      expect(flaw({ publicKey: hexlify(second.publicKey) })).to.equal("bad-signature");
      expect(flaw(await opening(2, second, second))).to.equal("bad-signature");
      expect(flaw({ epoch: 3 })).to.equal("bad-signature");
      expect(flaw({ validUntil: signed.validUntil + 1 })).to.equal("bad-signature");
      expect(flaw({}, now, { ...f.domain, chainId: 1n })).to.equal("bad-signature");
      expect(flaw({ publicKey: `0x${"00".repeat(33)}` })).to.equal("unknown-point");
      expect(flaw({ publicKey: "0x02" })).to.equal("malformed");
      expect(flaw({ epoch: -1 })).to.equal("malformed");
      expect(flaw({ r: "0x" })).to.equal("malformed");
      expect(flaw({}, signed.validUntil)).to.equal("none");
      expect(flaw({}, signed.validUntil + 1)).to.equal("over");
    });
  });
});
