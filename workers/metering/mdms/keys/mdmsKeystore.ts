import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { drawKeyPair, type KeyPair, keyPairOf } from "../../../crypto/keyPair.js";
import { PasswordSeal } from "../../../crypto/passwordSeal.js";
import { messageOf } from "../../../errors/messageOf.js";
import { whileLocked } from "../../../store/whileLocked.js";
import type { EpochSecret } from "../../report/openUsage.js";

/** The MDMS's keystore cannot be used. */
export class MdmsKeystoreError extends Error {
  override readonly name = "MdmsKeystoreError";
}

const base64 = z.string().regex(/^[A-Za-z0-9+/]+=*$/u);
const schema = z
  .object({
    format: z.literal("gridproof-mdms-keys/1"),
    saltedId: z.string().regex(/^0x[0-9a-f]{64}$/u),
    salt: base64,
    proof: base64,
    identity: base64,
    epochs: z.record(base64),
  })
  .strict();

type Saved = z.infer<typeof schema>;

/**
 * The MDMS's keys: one file, mode 0600, sealed under a password. An epoch's private key is drawn into it before the epoch is
 * opened on the chain, and destroyed once all that was encrypted to it is released: the file is then written anew and the old
 * one overwritten before it goes. What a file system or a backup keeps of it beyond that, this cannot reach.
 *
 * Two instances of an MDMS share the file: what one draws or destroys the other finds drawn or destroyed.
 */
export class MdmsKeystore {
  readonly #seal: PasswordSeal;
  #saved: Saved;
  /** Which file it was read from: each writing makes another. */
  #readFrom: string | undefined;

  private constructor(
    readonly path: string,
    seal: PasswordSeal,
    saved: Saved,
  ) {
    this.#seal = seal;
    this.#saved = saved;
  }

  /**
   * Draws an identity key into a new file.
   *
   * @param saltedId keccak256(ID ‖ salt) of the MDMS, hexadecimal.
   * @throws MdmsKeystoreError if the file is there.
   */
  static create(path: string, password: string, saltedId: string): MdmsKeystore {
    if (existsSync(path)) throw new MdmsKeystoreError(`${path} exists; it is not written over`);
    const seal = PasswordSeal.create(password);
    const { salt, proof } = seal.header;
    const keystore = new MdmsKeystore(path, seal, {
      format: "gridproof-mdms-keys/1",
      saltedId,
      salt: encode(salt),
      proof: encode(proof),
      identity: encode(seal.seal(drawKeyPair().privateKey)),
      epochs: {},
    });
    keystore.#write(keystore.#saved);
    return keystore;
  }

  /** @throws MdmsKeystoreError */
  static open(path: string, password: string): MdmsKeystore {
    const saved = read(path);
    const { salt, proof } = saved;
    const seal = PasswordSeal.open(password, { salt: decode(salt), proof: decode(proof) });
    if (seal === undefined) throw new MdmsKeystoreError(`${path}: the password does not open it`);
    whileLocked(path, () => clearUp(path));
    return new MdmsKeystore(path, seal, saved);
  }

  get saltedId(): string {
    return this.#saved.saltedId;
  }

  get identity(): KeyPair {
    return keyPairOf(this.#opened(this.#saved.identity));
  }

  /** The numbers of the epochs whose keys are here, ascending. */
  epochs(): number[] {
    this.#look();
    return Object.keys(this.#saved.epochs)
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** The key of an epoch; undefined if it was destroyed, or never here. */
  epoch(epoch: number): EpochSecret | undefined {
    this.#look();
    const sealed = this.#saved.epochs[epoch];
    if (sealed === undefined) return undefined;
    const { privateKey, publicKey } = keyPairOf(this.#opened(sealed));
    return { epoch, privateKey, publicKey };
  }

  /** The key of an epoch, drawn if there is none: asked again after a kill, it is the same. */
  drawEpoch(epoch: number): KeyPair {
    return whileLocked(this.path, () => {
      const known = this.epoch(epoch);
      if (known !== undefined) return keyPairOf(known.privateKey);
      const drawn = drawKeyPair();
      const epochs = { ...this.#saved.epochs, [epoch]: encode(this.#seal.seal(drawn.privateKey)) };
      this.#write({ ...this.#saved, epochs });
      return drawn;
    });
  }

  /** Destroys the key of an epoch. */
  destroyEpoch(epoch: number): void {
    whileLocked(this.path, () => {
      this.#look();
      if (this.#saved.epochs[epoch] === undefined) return;
      const epochs = Object.fromEntries(
        Object.entries(this.#saved.epochs).filter(([number]) => Number(number) !== epoch),
      );
      this.#write({ ...this.#saved, epochs });
    });
  }

  /** Reads the file again if it is another: the other instance has written. */
  #look(): void {
    const file = identityOf(this.path);
    if (file === this.#readFrom) return;
    this.#saved = read(this.path);
    this.#readFrom = file;
  }

  #opened(sealed: string): Uint8Array {
    const opened = this.#seal.open(decode(sealed));
    if (opened === undefined) throw new MdmsKeystoreError(`${this.path}: a key in it was altered`);
    return Uint8Array.from(opened);
  }

  /**
   * On disk when it returns; what could not be written, this does not hold either. Killed in between, the old file or the new
   * one is there, whole.
   */
  #write(saved: Saved): void {
    clearUp(this.path);
    const next = `${this.path}.next`;
    rmSync(next, { force: true });
    write(next, `${JSON.stringify(saved)}\n`, "wx");
    const old = oldPath(this.path);
    if (existsSync(this.path)) linkSync(this.path, old);
    renameSync(next, this.path);
    scrub(old);
    const folder = openSync(dirname(this.path), "r");
    fsyncSync(folder);
    closeSync(folder);
    this.#saved = saved;
    this.#readFrom = identityOf(this.path);
  }
}

/** @throws MdmsKeystoreError */
function read(path: string): Saved {
  let text;
  try {
    if ((statSync(path).mode & 0o077) !== 0)
      throw new MdmsKeystoreError(`${path} can be read by others: chmod 600 it`);
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof MdmsKeystoreError) throw error;
    throw new MdmsKeystoreError(`${path}: ${messageOf(error)}`);
  }
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw new MdmsKeystoreError(`${path} is no keystore of an MDMS`);
  return parsed.data;
}

/** What tells a file from the one that was there before. */
function identityOf(path: string): string {
  const { ino, mtimeMs, size } = statSync(path);
  return `${ino} ${mtimeMs} ${size}`;
}

function oldPath(path: string): string {
  return `${path}.old`;
}

/** What a kill in the middle of writing has left: a second name of the file, or the file before. */
function clearUp(path: string): void {
  const old = oldPath(path);
  if (!existsSync(old) || !existsSync(path)) return;
  if (statSync(old).ino === statSync(path).ino) rmSync(old);
  else scrub(old);
}

/** Overwrites a file that was replaced, and takes it away. */
function scrub(old: string): void {
  if (!existsSync(old)) return;
  write(old, "\0".repeat(statSync(old).size), "r+");
  rmSync(old);
}

function write(path: string, text: string, flags: "wx" | "r+"): void {
  const file = openSync(path, flags, 0o600);
  try {
    // All of it, or an error: one call of the system may write less than it was given.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function decode(text: string): Uint8Array {
  return Buffer.from(text, "base64");
}
