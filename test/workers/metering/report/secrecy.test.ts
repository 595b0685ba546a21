import { createDecipheriv, createECDH, createHmac } from "node:crypto";
import { expect } from "chai";
import * as fc from "fast-check";
import {
  computeAddress,
  getBytes,
  hexlify,
  keccak256,
  recoverAddress,
  Signature,
  TypedDataEncoder,
} from "ethers";
import { describe, it } from "mocha";
import { addressOfKey } from "../../../../workers/crypto/addressOfKey.js";
import { recoverCompact, signCompact } from "../../../../workers/crypto/compactSignature.js";
import { checkReport } from "../../../../workers/metering/report/checkReport.js";
import { continueRegister } from "../../../../workers/metering/report/continueRegister.js";
import { createReport } from "../../../../workers/metering/report/createReport.js";
import { encodeReport } from "../../../../workers/metering/report/encodeReport.js";
import { decodeReport } from "../../../../workers/metering/report/decodeReport.js";
import { ReadingRangeError } from "../../../../workers/metering/report/errors.js";
import { LAYOUT } from "../../../../workers/metering/report/layout.js";
import { openUsage } from "../../../../workers/metering/report/openUsage.js";
import { reportDigest } from "../../../../workers/metering/report/reportDigest.js";
import type { UsageReport } from "../../../../workers/metering/report/types.js";
import {
  domain,
  epochKey,
  epochSecret,
  flawOf,
  hid,
  mdms,
  reading,
  session,
  testKeys,
  testReport,
  time,
} from "./reportFixture.js";

/** HKDF-SHA-256 for one block of output, by RFC 5869 from HMAC. */
function hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Buffer {
  const extracted = createHmac("sha256", salt).update(secret).digest();
  return createHmac("sha256", extracted).update(info).update(Uint8Array.of(1)).digest();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function ciphertextOf(report: UsageReport): Uint8Array {
  return encodeReport(report).subarray(LAYOUT.ephemeralKey.at, LAYOUT.hash.at);
}

/** Opens a report with node:crypto alone, bytes put together by hand. */
function openByNode(report: UsageReport): Buffer {
  const agreement = createECDH("secp256k1");
  agreement.setPrivateKey(mdms.privateKey);
  const secret = agreement.computeSecret(report.ephemeralKey);
  const chain = Buffer.alloc(32);
  chain.writeBigUInt64BE(domain.chainId, 24);
  const bound = Buffer.concat([getBytes(hid), uint32(report.time), uint32(epochKey.epoch)]);
  const info = Buffer.concat([
    Buffer.from("GridProof usage report 1"),
    chain,
    getBytes(domain.metering),
    bound,
    mdms.publicKey,
  ]);
  const key = hkdf(secret, report.ephemeralKey, info);
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.alloc(12));
  decipher.setAAD(bound);
  decipher.setAuthTag(report.tag);
  return Buffer.concat([decipher.update(report.sealedUsage), decipher.final()]);
}

describe("encrypting a reading", () => {
  it("opens to what was sealed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 65_535 }),
        fc.integer({ min: 0, max: 2 ** 40 }),
        (usageWh, registerWh) => {
          const opened = openUsage(domain, hid, testReport({ usageWh, registerWh }), epochSecret);
          expect(opened).to.deep.equal({ usageWh, registerRestWh: registerWh % 65_536 });
        },
      ),
      { numRuns: 50 },
    );
  });

  it("is what node:crypto makes of the same description", () => {
    const plain = openByNode(testReport());
    expect(plain.readUInt16BE(0)).to.equal(reading.usageWh);
    expect(plain.readUInt16BE(2)).to.equal(reading.registerWh % 65_536);
  });

  it("never gives the same bytes twice", () => {
    const reports = Array.from({ length: 20 }, () => testReport());
    expect(new Set(reports.map(({ ephemeralKey }) => hexlify(ephemeralKey)))).to.have.property("size", 20);
    expect(new Set(reports.map(({ tag }) => hexlify(tag)))).to.have.property("size", 20);
  });

  it("opens for no other meter, time, chain, contract, epoch or key", () => {
    const report = testReport();
    const open = (over: Partial<UsageReport>, at = domain, who = hid, secret = epochSecret) =>
      flawOf(() => openUsage(at, who, { ...report, ...over }, secret));
    expect(open({})).to.equal("none");
    expect(open({}, domain, hexlify(new Uint8Array(32).fill(8)))).to.equal("undecryptable");
    expect(open({ time: time + 1800 })).to.equal("undecryptable");
    expect(open({}, { ...domain, chainId: 1n })).to.equal("undecryptable");
    expect(open({}, { ...domain, metering: `0x${"ac".repeat(20)}` })).to.equal("undecryptable");
    // The epoch of the same byte, 256 later; another byte.
    expect(open({}, domain, hid, { ...epochSecret, epoch: 515 })).to.equal("undecryptable");
    expect(open({}, domain, hid, { ...epochSecret, epoch: 260 })).to.equal("wrong-epoch");
    expect(open({}, domain, hid, { epoch: 259, privateKey: testKeys(0x33).privateKey })).to.equal(
      "undecryptable",
    );
  });

  it("opens with no bit of the ciphertext flipped", () => {
    const bytes = encodeReport(testReport());
    for (let bit = LAYOUT.ephemeralKey.at * 8; bit < LAYOUT.hash.at * 8; ++bit) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const flaw = flawOf(() => openUsage(domain, hid, decodeReport(flipped), epochSecret));
      expect(flaw, `bit ${bit}`).to.be.oneOf(["undecryptable", "unknown-point", "point-at-infinity"]);
    }
  });

  it("refuses readings that it cannot carry", () => {
    for (const changed of [
      { usageWh: 65_536 },
      { usageWh: -1 },
      { usageWh: 0.5 },
      { registerWh: -1 },
      { registerWh: Number.NaN },
      { registerWh: 2 ** 53 },
    ]) {
      expect(() => testReport(changed)).to.throw(ReadingRangeError);
    }
  });

  it("finds the register again over a gap of less than 65,536 Wh", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.integer({ min: 0, max: 65_535 }),
        (known, used) => {
          expect(continueRegister(known, (known + used) % 65_536)).to.equal(known + used);
        },
      ),
    );
  });
});

describe("signing a report", () => {
  const types = {
    UsageReport: [
      { name: "meter", type: "uint32" },
      { name: "time", type: "uint32" },
      { name: "epoch", type: "uint8" },
      { name: "ciphertext", type: "bytes" },
    ],
  };
  const at = {
    name: "GridProof Metering",
    version: "1",
    chainId: domain.chainId,
    verifyingContract: domain.metering,
  };
  it("is EIP-712, as ethers has it, over the whole ciphertext", () => {
    const report = testReport();
    const digest = TypedDataEncoder.hash(at, types, { ...report, ciphertext: ciphertextOf(report) });
    expect(hexlify(reportDigest(domain, report))).to.equal(digest);
    expect(hexlify(report.hash)).to.equal(keccak256(ciphertextOf(report)));
  });

  it("holds for ethers", () => {
    const report = testReport();
    const digest = reportDigest(domain, report);
    const signature = Signature.from(hexlify(report.signature));
    const address = computeAddress(hexlify(session.privateKey));
    expect(recoverAddress(digest, signature)).to.equal(address);
    expect(checkReport(domain, report)).to.equal(address).and.to.equal(addressOfKey(session.publicKey));
  });

  it("recovers what ethers recovers, of any digest and any bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.boolean(),
        fc.nat(511),
        (digest, flip, bit) => {
          const signature = signCompact(digest, session.privateKey);
          if (flip) signature[bit >> 3]! ^= 1 << (bit & 7);
          const key = recoverCompact(digest, signature);
          let expected: string | undefined;
          try {
            expected = recoverAddress(digest, Signature.from(hexlify(signature)));
          } catch {
            // ethers refuses it as well.
          }
          expect(key && addressOfKey(key)).to.equal(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is another's, or nobody's, with any field changed or any bit flipped", () => {
    const report = testReport();
    const address = addressOfKey(session.publicKey);
    const bytes = encodeReport(report);
    for (let bit = 0; bit < bytes.length * 8; ++bit) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      let signer: string | undefined;
      const flaw = flawOf(() => (signer = checkReport(domain, decodeReport(flipped))));
      if (flaw === "none") expect(signer, `bit ${bit}`).to.not.equal(address);
    }
  });

  it("holds on no other chain and in no other contract", () => {
    const report = createReport(
      domain,
      { meter: 5, hid, sessionKey: session.privateKey },
      epochKey,
      time,
      reading,
    );
    const signerAt = (place: typeof domain): string => {
      try {
        return checkReport(place, report);
      } catch {
        return "nobody";
      }
    };
    const address = addressOfKey(session.publicKey);
    expect(signerAt(domain)).to.equal(address);
    expect(signerAt({ ...domain, chainId: 1n })).to.not.equal(address);
    expect(signerAt({ ...domain, metering: `0x${"ac".repeat(20)}` })).to.not.equal(address);
  });
});
