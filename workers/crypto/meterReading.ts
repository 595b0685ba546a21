import { concat, id, keccak256, SigningKey, toBeHex, toTwos, TypedDataEncoder } from "ethers";
import type { MeterKind } from "../grid/types.js";
import { METER_KINDS } from "../grid/version/constants.js";
import { canonicalSigner } from "./canonicalSigner.js";

/** Where the keys of signing meters are kept: part of what they sign, so that it holds nowhere else. */
export interface ReadingDomain {
  readonly chainId: bigint;
  /** Address of `MeterKeys`, which serves one ledger. */
  readonly meterKeys: string;
}

/** A reading as a meter signs it (paper 003, section 6.2). */
export interface MeterReading {
  readonly slot: number;
  /** As `meterPlace` gives it. */
  readonly place: number;
  /** W; a PMU's in nanoradians. */
  readonly value: bigint;
}

const READING = id("Reading(uint256 slot,uint256 place,int64 value)");

const NUMBER_BITS = 20;

/** A meter's place, as the directory of a version has it: kind·2²⁰ + number of its bus or line. It stays when versions change. */
export function meterPlace(kind: MeterKind, place: number): number {
  return METER_KINDS.indexOf(kind) * 2 ** NUMBER_BITS + place;
}

/** What a meter signs: the EIP-712 hash of a reading. */
export function readingHash(domain: ReadingDomain, { slot, place, value }: MeterReading): string {
  const words = [toBeHex(slot, 32), toBeHex(place, 32), toBeHex(toTwos(value, 256), 32)];
  return keccak256(concat(["0x1901", separatorOf(domain), keccak256(concat([READING, ...words]))]));
}

/** A domain serves thousands of readings. */
const separators = new WeakMap<ReadingDomain, string>();

function separatorOf(domain: ReadingDomain): string {
  let separator = separators.get(domain);
  if (separator === undefined) {
    const { chainId, meterKeys: verifyingContract } = domain;
    separator = TypedDataEncoder.hashDomain({
      name: "GridProof Meter",
      version: "1",
      chainId,
      verifyingContract,
    });
    separators.set(domain, separator);
  }
  return separator;
}

/** A meter's signature: 65 bytes r, s (in the lower half), v, as hexadecimal. The key is 32 bytes. */
export function signReading(key: string, domain: ReadingDomain, reading: MeterReading): string {
  return new SigningKey(key).sign(readingHash(domain, reading)).serialized;
}

/**
 * Who signed a reading; undefined if the signature is none, or of a form that the contract does not take (another length, s
 * in the upper half, v other than 27 and 28).
 */
export function readingSigner(
  domain: ReadingDomain,
  reading: MeterReading,
  signature: string,
): string | undefined {
  return canonicalSigner(readingHash(domain, reading), signature);
}
