import { getBytes, hexlify, TypedDataEncoder, type TypedDataField } from "ethers";
import { signCompact } from "../../crypto/compactSignature.js";
import type { MeteringDomain } from "../domain.js";
import { typedDigest } from "../typedDigest.js";

/** A compact signature (EIP-2098) as the contract takes it, hexadecimal. */
export interface CompactParts {
  readonly r: string;
  readonly vs: string;
}

/** A struct of EIP-712: its name and the types of its fields, in order. */
export type StructType = Readonly<Record<string, TypedDataField[]>>;

/** The digest of a struct, 32 bytes. */
export function structDigest(
  domain: MeteringDomain,
  type: StructType,
  value: Readonly<Record<string, unknown>>,
): Uint8Array {
  const [name] = Object.keys(type);
  return typedDigest(domain, getBytes(TypedDataEncoder.hashStruct(name!, { ...type }, value)));
}

/** Signs a struct. */
export function signTyped(
  domain: MeteringDomain,
  type: StructType,
  value: Readonly<Record<string, unknown>>,
  privateKey: Uint8Array,
): CompactParts {
  return compactParts(signCompact(structDigest(domain, type, value), privateKey));
}

/** The halves of 64 bytes. */
export function compactParts(signature: Uint8Array): CompactParts {
  return { r: hexlify(signature.subarray(0, 32)), vs: hexlify(signature.subarray(32)) };
}
