import { getBytes, TypedDataEncoder } from "ethers";

/** Where household metering lives: part of all that meters and the MDMS sign, so that it holds nowhere else. */
export interface MeteringDomain {
  readonly chainId: bigint;
  /** Address of the contract `Metering`. */
  readonly metering: string;
}

/** One domain serves millions of reports. */
const separators = new WeakMap<MeteringDomain, Uint8Array>();

/** The EIP-712 domain separator, 32 bytes: name `GridProof Metering`, version `1`, chain and contract. */
export function domainSeparator(domain: MeteringDomain): Uint8Array {
  let separator = separators.get(domain);
  if (separator === undefined) {
    const { chainId, metering: verifyingContract } = domain;
    const parts = { name: "GridProof Metering", version: "1", chainId, verifyingContract };
    separator = getBytes(TypedDataEncoder.hashDomain(parts));
    separators.set(domain, separator);
  }
  return separator;
}
