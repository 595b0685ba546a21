import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { encryptKeystoreJson, Wallet } from "ethers";
import { readHiddenLine } from "./readHiddenLine.js";

/** The environment variable that may hold an operator's key, hexadecimal, in place of a keystore. */
export const KEY_VARIABLE = "GRIDPROOF_OPERATOR_KEY";
/** The environment variable that may hold the password of a keystore. */
export const PASSWORD_VARIABLE = "GRIDPROOF_KEYSTORE_PASSWORD";

/** A file with a secret can be read or written by others than its owner. */
export class KeyFileExposedError extends Error {
  override readonly name = "KeyFileExposedError";
  constructor(
    readonly path: string,
    readonly mode: number,
  ) {
    super(`${path}: mode ${mode.toString(8).padStart(4, "0")} lets others at it; chmod 600 it`);
  }
}

/** No key: neither a keystore nor the environment has one. */
export class KeyMissingError extends Error {
  override readonly name = "KeyMissingError";
}

/** A key, keystore or password that does not work. The message never holds the secret. */
export class KeyInvalidError extends Error {
  override readonly name = "KeyInvalidError";
}

/** A file that would be written exists. */
export class KeyFileExistsError extends Error {
  override readonly name = "KeyFileExistsError";
  constructor(readonly path: string) {
    super(`${path}: exists; a keystore is never overwritten`);
  }
}

/** Where a key comes from. */
export interface KeySource {
  /** Path of an encrypted keystore (Web3 Secret Storage, as geth and ethers write it). */
  readonly keystore?: string | undefined;
  /** Path of a file whose first line is its password. */
  readonly passwordFile?: string | undefined;
  /** The process environment, or what stands for it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks a person for the password. Without it, one is asked for at the terminal, if there is one. */
  readonly prompt?: ((question: string) => Promise<string>) | undefined;
}

/**
 * The wallet of an operator. With a keystore: decrypted with the password from the password file, else from
 * `GRIDPROOF_KEYSTORE_PASSWORD`, else asked for. Without: the key in `GRIDPROOF_OPERATOR_KEY`.
 *
 * @throws KeyFileExposedError if keystore or password file is open to group or others.
 * @throws KeyMissingError if there is nothing to take a key or password from.
 * @throws KeyInvalidError if what there is does not work.
 */
export async function loadOperatorWallet(source: KeySource): Promise<Wallet> {
  if (source.keystore === undefined) return walletFromEnvironment(source.environment[KEY_VARIABLE]);
  const json = readPrivateFile(source.keystore);
  const password = await passwordOf(source, source.keystore);
  try {
    return (await Wallet.fromEncryptedJson(json, password)) as Wallet;
  } catch (error) {
    const wrong = error instanceof Error && error.message.includes("incorrect password");
    throw new KeyInvalidError(
      `${source.keystore}: ${wrong ? "wrong password" : "not a keystore that can be decrypted"}`,
    );
  }
}

/** The cost of guessing a password; that of geth's standard keystores unless a test says less. */
export interface KeystoreCost {
  readonly scryptN: number;
}

/**
 * Encrypts a wallet's key into a new file of mode 0600.
 *
 * @throws KeyFileExistsError if there is a file of that name.
 */
export async function createKeystore(
  path: string,
  wallet: Pick<Wallet, "address" | "privateKey">,
  password: string,
  cost: KeystoreCost = { scryptN: 131_072 },
): Promise<void> {
  if (password === "") throw new KeyInvalidError(`${path}: an empty password protects nothing`);
  const { address, privateKey } = wallet;
  const json = await encryptKeystoreJson({ address, privateKey }, password, {
    scrypt: { N: cost.scryptN, r: 8, p: 1 },
  });
  // Whole or not at all: the name is given only to what is on disk, and is not taken from another file.
  const next = `${path}.next`;
  rmSync(next, { force: true });
  try {
    const file = openSync(next, "wx", 0o600);
    try {
      writeFileSync(file, `${json}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(next, path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      throw new KeyFileExistsError(path);
    }
    throw error;
  } finally {
    rmSync(next, { force: true });
  }
}

function walletFromEnvironment(key: string | undefined): Wallet {
  if (key === undefined || key.trim() === "") {
    throw new KeyMissingError(
      `no operator key: name a keystore in the configuration, or set ${KEY_VARIABLE}`,
    );
  }
  try {
    const digits = key.trim();
    return new Wallet(digits.startsWith("0x") ? digits : `0x${digits}`);
  } catch {
    // The cause would quote the key.
    throw new KeyInvalidError(`${KEY_VARIABLE}: not a private key of 32 bytes in hexadecimal`);
  }
}

async function passwordOf(source: KeySource, keystore: string): Promise<string> {
  if (source.passwordFile !== undefined) {
    return readPrivateFile(source.passwordFile).split(/\r?\n/, 1)[0] ?? "";
  }
  const given = source.environment[PASSWORD_VARIABLE];
  if (given !== undefined) return given;
  const prompt = source.prompt ?? (process.stdin.isTTY ? readHiddenLine : undefined);
  if (prompt === undefined) {
    throw new KeyMissingError(
      `${keystore}: no password: name a password file, set ${PASSWORD_VARIABLE}, or start it at a terminal`,
    );
  }
  return await prompt(`Password of ${keystore}: `);
}

/** Reads a file that only its owner may read; the check is on the opened file, so that it cannot be swapped. */
function readPrivateFile(path: string): string {
  if (!existsSync(path)) throw new KeyMissingError(`${path}: no such file`);
  const file = openSync(path, "r");
  try {
    const mode = fstatSync(file).mode & 0o777;
    if ((mode & 0o077) !== 0) throw new KeyFileExposedError(path, mode);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}
