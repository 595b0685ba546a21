import { hash256 } from "../crypto/hash256.js";
import { domainSeparator, type MeteringDomain } from "./domain.js";

const PREFIX = [0x19, 0x01];

/** What is signed (EIP-712): the hash of prefix, domain and the hash of a struct. 32 bytes. */
export function typedDigest(domain: MeteringDomain, structHash: Uint8Array): Uint8Array {
  const message = new Uint8Array(66);
  message.set(PREFIX);
  message.set(domainSeparator(domain), 2);
  message.set(structHash, 34);
  return hash256(message);
}
