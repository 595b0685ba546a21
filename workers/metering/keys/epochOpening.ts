import { hexlify } from "ethers";
import type { KeyPair } from "../../crypto/keyPair.js";
import type { MeteringDomain } from "../domain.js";
import { type CompactParts, signTyped } from "./signTyped.js";
import { EPOCH } from "./structTypes.js";

/** An epoch key as the MDMS signs it: what meters get over MQTT. */
export interface SignedEpochKey extends CompactParts {
  /** Counts from 1. */
  readonly epoch: number;
  /** 33 bytes, hexadecimal. */
  readonly publicKey: string;
  /** The last second at which it holds. */
  readonly validUntil: number;
}

/** What opens an epoch: the arguments of `Metering.openEpoch`, by name. */
export interface EpochOpening extends SignedEpochKey {
  /** By the epoch key: its holder has it. */
  readonly keyR: string;
  readonly keyVs: string;
}

/** The MDMS opens an epoch with a key that it has just drawn, signed by its identity key and by that key. */
export function epochOpening(
  domain: MeteringDomain,
  epoch: number,
  validUntil: number,
  identityKey: Pick<KeyPair, "privateKey">,
  epochKey: KeyPair,
): EpochOpening {
  const value = { epoch, publicKey: hexlify(epochKey.publicKey), validUntil };
  const possession = signTyped(domain, EPOCH, value, epochKey.privateKey);
  return {
    ...value,
    ...signTyped(domain, EPOCH, value, identityKey.privateKey),
    keyR: possession.r,
    keyVs: possession.vs,
  };
}
