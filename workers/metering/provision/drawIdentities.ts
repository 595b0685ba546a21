import { randomBytes } from "node:crypto";
import { hexlify } from "ethers";
import { addressOfKey } from "../../crypto/addressOfKey.js";
import { drawKeyPair } from "../../crypto/keyPair.js";
import { identityHash, saltedId } from "../identityHash.js";

/** A device's identity as it is made at provisioning. */
export interface DrawnIdentity {
  readonly serial: string;
  /** 32 random bytes of this device alone, hexadecimal: the utility keeps it. */
  readonly salt: string;
  readonly saltedId: string;
  /** Private, 32 bytes: the device keeps it. */
  readonly identityKey: Uint8Array;
  /** What is stored on the chain. */
  readonly hid: string;
}

/** Draws salt and identity key of each device (paper 002, phase 1). */
export function drawIdentities(serials: readonly string[]): DrawnIdentity[] {
  return serials.map((serial) => {
    const salt = hexlify(randomBytes(32));
    const { privateKey, publicKey } = drawKeyPair();
    const salted = saltedId(serial, salt);
    return {
      serial,
      salt,
      saltedId: salted,
      identityKey: privateKey,
      hid: identityHash(salted, addressOfKey(publicKey)),
    };
  });
}
