import {
  computeAddress,
  concat,
  id,
  keccak256,
  SigningKey,
  toBeHex,
  TypedDataEncoder,
  zeroPadValue,
  type TypedDataDomain,
} from "ethers";
import { canonicalSigner } from "../crypto/canonicalSigner.js";
import type { BlockId } from "../chain/blockId.js";

/** What an attestation is bound to, so that it holds nowhere else. */
export interface FinalityDomain {
  readonly chainId: bigint;
  /** Address of `FinalityOverlay`. */
  readonly overlay: string;
}

/** A block in an epoch: what a worker signs. */
export interface Attestation extends BlockId {
  readonly epoch: number;
}

/** An attestation as it travels. */
export interface SignedAttestation extends Attestation {
  readonly seat: number;
  /** 65 bytes r, s (in the lower half), v, hexadecimal. */
  readonly signature: string;
}

/** The EIP-712 types of a proof of possession, for wallets that sign typed data. */
export const possessionTypes = {
  Possession: [
    { name: "seat", type: "uint256" },
    { name: "signer", type: "address" },
    { name: "fromHeight", type: "uint64" },
  ],
};

/** The EIP-712 domain of what is signed. */
export function typedDomain({ chainId, overlay }: FinalityDomain): TypedDataDomain {
  return { name: "GridProof Finality", version: "1", chainId, verifyingContract: overlay };
}

const ATTESTATION = id("Attestation(uint64 epoch,uint64 height,bytes32 blockHash)");
const POSSESSION = id("Possession(uint256 seat,address signer,uint64 fromHeight)");

/** What a worker signs: the EIP-712 hash of an attestation, as `FinalityOverlay.attestationHash` has it. */
export function attestationHash(domain: FinalityDomain, { epoch, number, hash }: Attestation): string {
  return typedHash(domain, [ATTESTATION, toBeHex(epoch, 32), toBeHex(number, 32), hash]);
}

/** Signs an attestation. The key is 32 bytes; the same attestation always gets the same signature. */
export function signAttestation(key: string, domain: FinalityDomain, attestation: Attestation): string {
  return new SigningKey(key).sign(attestationHash(domain, attestation)).serialized;
}

/** Who signed an attestation; undefined if the signature is none that the contract takes. */
export function attestationSigner(
  domain: FinalityDomain,
  attestation: Attestation,
  signature: string,
): string | undefined {
  return canonicalSigner(attestationHash(domain, attestation), signature);
}

/** Shows that one has a key, for `FinalityOverlay.register`. */
export function signPossession(
  key: string,
  domain: FinalityDomain,
  { seat, fromHeight }: { readonly seat: number; readonly fromHeight: number },
): { readonly signer: string; readonly signature: string } {
  const signing = new SigningKey(key);

  const signer = computeAddress(signing);
  const words = [toBeHex(seat, 32), zeroPadValue(signer, 32), toBeHex(fromHeight, 32)];
  return { signer, signature: signing.sign(typedHash(domain, [POSSESSION, ...words])).serialized };
}

function typedHash(domain: FinalityDomain, words: readonly string[]): string {
  return keccak256(concat(["0x1901", separatorOf(domain), keccak256(concat(words))]));
}

/** A domain serves as long as the program runs. */
const separators = new WeakMap<FinalityDomain, string>();

function separatorOf(domain: FinalityDomain): string {
  let separator = separators.get(domain);
  if (separator === undefined) {
    separator = TypedDataEncoder.hashDomain(typedDomain(domain));
    separators.set(domain, separator);
  }
  return separator;
}
