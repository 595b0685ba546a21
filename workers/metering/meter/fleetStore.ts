import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { chmodSync, existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { getBytes, hexlify } from "ethers";
import type { BufferedReading, MeterMemory, MeterSession, MeterStore, ReadingState } from "./memory.js";

/** The password does not open the meters' store. */
export class FleetPasswordError extends Error {
  override readonly name = "FleetPasswordError";
  constructor(path: string) {
    super(`${path}: the password does not open it`);
  }
}

const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 };
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KNOWN = "meters";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS lock (one INTEGER PRIMARY KEY CHECK (one = 1), salt BLOB NOT NULL, proof BLOB NOT NULL) STRICT;
-- Private keys are sealed; the rest is open.
CREATE TABLE IF NOT EXISTS meters (meter INTEGER PRIMARY KEY, state TEXT NOT NULL, secrets BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS readings (
  meter INTEGER NOT NULL, time INTEGER NOT NULL, usage_wh INTEGER NOT NULL, register_wh INTEGER NOT NULL,
  state TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT, PRIMARY KEY (meter, time)
) STRICT, WITHOUT ROWID;
`;

/**
 * The memories of many meters in one file, mode 0600: what each would keep in its own flash. Private keys are sealed under a
 * password (scrypt, AES-256-GCM). Writes are kept until `commit`, which has them on disk before anything is sent.
 */
export class FleetStore implements MeterStore {
  readonly #database: DatabaseSync;
  readonly #key: Uint8Array;

  /** @throws FleetPasswordError */
  constructor(
    readonly path: string,
    password: string,
  ) {
    const fresh = !existsSync(path);
    this.#database = new DatabaseSync(path, { timeout: 5_000 });
    if (fresh) chmodSync(path, 0o600);
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${SCHEMA}`);
    const row = this.#database.prepare("SELECT salt, proof FROM lock").get() as
      { salt: Uint8Array; proof: Uint8Array } | undefined;
    const salt = row?.salt ?? randomBytes(16);
    this.#key = scryptSync(password, salt, 32, SCRYPT);
    if (row === undefined) {
      const proof = this.#seal(Buffer.from(KNOWN));
      this.#database.prepare("INSERT INTO lock (one, salt, proof) VALUES (1, ?, ?)").run(salt, proof);
    } else if (this.#open(row.proof)?.toString() !== KNOWN) {
      this.#database.close();
      throw new FleetPasswordError(path);
    }
  }

  saveMemory(memory: MeterMemory): void {
    const { identityKey, session, nextSession, epoch, ...open } = memory;
    const state = {
      ...open,
      epoch: epoch && { ...epoch, publicKey: hexlify(epoch.publicKey) },
    };
    const secrets = {
      identityKey: hexlify(identityKey),
      session: session && { ...session, privateKey: hexlify(session.privateKey) },
      nextSession: nextSession && { ...nextSession, privateKey: hexlify(nextSession.privateKey) },
    };
    this.#begin();
    this.#database
      .prepare("INSERT OR REPLACE INTO meters (meter, state, secrets) VALUES (?, ?, ?)")
      .run(memory.meter, JSON.stringify(state), this.#seal(Buffer.from(JSON.stringify(secrets))));
  }

  saveReading(meter: number, { time, usageWh, registerWh, state, at, reason }: BufferedReading): void {
    this.#begin();
    this.#database
      .prepare(
        "INSERT OR REPLACE INTO readings (meter, time, usage_wh, register_wh, state, at, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .run(meter, time, usageWh, registerWh, state, at, reason ?? null);
  }

  dropReading(meter: number, time: number): void {
    this.#begin();
    this.#database.prepare("DELETE FROM readings WHERE meter = ? AND time = ?").run(meter, time);
  }

  /** Has all that was written on disk. */
  commit(): void {
    if (this.#database.isTransaction) this.#database.exec("COMMIT");
  }

  /** The numbers of all meters. */
  meters(): number[] {
    const rows = this.#database.prepare("SELECT meter FROM meters ORDER BY meter").all();
    return rows.map((row) => row["meter"] as number);
  }

  /** A meter's memory. */
  memory(meter: number): MeterMemory | undefined {
    const row = this.#database.prepare("SELECT state, secrets FROM meters WHERE meter = ?").get(meter) as
      { state: string; secrets: Uint8Array } | undefined;
    if (row === undefined) return undefined;
    const state = JSON.parse(row.state) as SavedState;
    const opened = this.#open(row.secrets);
    if (opened === undefined) throw new FleetPasswordError(this.path);
    const secrets = JSON.parse(opened.toString()) as SavedSecrets;
    return {
      ...state,
      epoch: state.epoch && { ...state.epoch, publicKey: getBytes(state.epoch.publicKey) },
      identityKey: getBytes(secrets.identityKey),
      session: savedSession(secrets.session),
      nextSession: savedSession(secrets.nextSession),
    };
  }

  /** The readings that a meter keeps. */
  readings(meter: number): BufferedReading[] {
    const rows = this.#database.prepare("SELECT * FROM readings WHERE meter = ? ORDER BY time").all(meter);
    return rows.map((row) => ({
      time: row["time"] as number,
      usageWh: row["usage_wh"] as number,
      registerWh: row["register_wh"] as number,
      state: row["state"] as ReadingState,
      at: row["at"] as number,
      reason: (row["reason"] as string | null) ?? undefined,
    }));
  }

  close(): void {
    this.commit();
    this.#database.close();
  }

  #begin(): void {
    if (!this.#database.isTransaction) this.#database.exec("BEGIN IMMEDIATE");
  }

  #seal(plaintext: Uint8Array): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  #open(sealed: Uint8Array): Buffer | undefined {
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

function savedSession(saved: SavedSession | undefined): MeterSession | undefined {
  return saved && { ...saved, privateKey: getBytes(saved.privateKey) };
}

interface SavedSession extends Omit<MeterSession, "privateKey"> {
  readonly privateKey: string;
}

interface SavedSecrets {
  readonly identityKey: string;
  readonly session: SavedSession | undefined;
  readonly nextSession: SavedSession | undefined;
}

interface SavedState extends Omit<MeterMemory, "identityKey" | "session" | "nextSession" | "epoch"> {
  readonly epoch:
    { readonly epoch: number; readonly publicKey: string; readonly validUntil: number } | undefined;
}
