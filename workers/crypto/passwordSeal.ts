import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";

/** Costs of the password: about 0.1 s a try. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 };
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KNOWN = Buffer.from("gridproof");

/** What is kept beside sealed secrets: a salt, and a text that only the password opens. */
export interface SealHeader {
  readonly salt: Uint8Array;
  readonly proof: Uint8Array;
}

/** Seals secrets under a password: scrypt, AES-256-GCM, a random nonce each. */
export class PasswordSeal {
  readonly #key: Uint8Array;
  readonly header: SealHeader;

  private constructor(key: Uint8Array, salt: Uint8Array) {
    this.#key = key;
    this.header = { salt, proof: this.seal(KNOWN) };
  }

  /** With a salt of its own. */
  static create(password: string): PasswordSeal {
    const salt = randomBytes(SALT_BYTES);
    return new PasswordSeal(scryptSync(password, salt, 32, SCRYPT), salt);
  }

  /** @returns undefined if the password is another. */
  static open(password: string, { salt, proof }: SealHeader): PasswordSeal | undefined {
    const seal = new PasswordSeal(scryptSync(password, salt, 32, SCRYPT), salt);
    return seal.open(proof)?.equals(KNOWN) === true ? seal : undefined;
  }

  seal(secret: Uint8Array): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  }

  /** @returns undefined of what was not sealed here, or was altered. */
  open(sealed: Uint8Array): Buffer | undefined {
    if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}
