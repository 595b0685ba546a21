import { concat, keccak256, toUtf8Bytes } from "ethers";

/**
 * keccak256(ID ‖ salt): what a meter or the MDMS shows when it registers. The salt hides a serial number that could be
 * guessed. Hexadecimal.
 *
 * @param id The serial number, any text.
 * @param salt 32 random bytes, hexadecimal, drawn for this device alone; the utility holds it.
 */
export function saltedId(id: string, salt: string): string {
  return keccak256(concat([toUtf8Bytes(id), salt]));
}

/**
 * The hashed identity HID = keccak256(keccak256(ID ‖ salt) ‖ address of the identity key): what the utility stores before
 * anything else. Since the key is in it, only who holds the key can register it (paper 002, phase 1; the paper's H(ID) can be
 * claimed by whoever asks first).
 *
 * @param identity Address of the identity key.
 */
export function identityHash(salted: string, identity: string): string {
  return keccak256(concat([salted, identity]));
}
