import { chmodSync, existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { getBytes, hexlify } from "ethers";
import { PasswordSeal } from "../../crypto/passwordSeal.js";
import { namingFile } from "../../store/namingFile.js";
import type { BufferedReading, MeterMemory, MeterSession, MeterStore, ReadingState } from "./memory.js";

/** The password does not open the meters' store. */
export class FleetPasswordError extends Error {
  override readonly name = "FleetPasswordError";
  constructor(path: string) {
    super(`${path}: the password does not open it`);
  }
}

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
 * password (scrypt, AES-256-GCM). Writes are kept until `commit`, which has them on disk before anything is sent; where the
 * disk takes none, they are kept on.
 */
export class FleetStore implements MeterStore {
  readonly #database: DatabaseSync;
  readonly #seal: PasswordSeal;
  /** What is to be written: of each row what was said of it last. */
  readonly #pending = new Map<string, () => void>();

  /** @throws FleetPasswordError */
  constructor(
    readonly path: string,
    password: string,
  ) {
    const fresh = !existsSync(path);
    this.#database = namingFile(path, () => {
      const opened = new DatabaseSync(path, { timeout: 5_000 });
      if (fresh) chmodSync(path, 0o600);
      opened.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${SCHEMA}`);
      return opened;
    });
    const row = this.#database.prepare("SELECT salt, proof FROM lock").get() as
      { salt: Uint8Array; proof: Uint8Array } | undefined;
    if (row === undefined) {
      this.#seal = PasswordSeal.create(password);
      const { salt, proof } = this.#seal.header;
      this.#database.prepare("INSERT INTO lock (one, salt, proof) VALUES (1, ?, ?)").run(salt, proof);
      return;
    }
    const seal = PasswordSeal.open(password, row);
    if (seal === undefined) {
      this.#database.close();
      throw new FleetPasswordError(path);
    }
    this.#seal = seal;
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
    this.#pending.set(`${memory.meter}`, () => {
      this.#database
        .prepare("INSERT OR REPLACE INTO meters (meter, state, secrets) VALUES (?, ?, ?)")
        .run(memory.meter, JSON.stringify(state), this.#seal.seal(Buffer.from(JSON.stringify(secrets))));
    });
  }

  saveReading(meter: number, { time, usageWh, registerWh, state, at, reason }: BufferedReading): void {
    this.#pending.set(`${meter} ${time}`, () => {
      this.#database
        .prepare(
          "INSERT OR REPLACE INTO readings (meter, time, usage_wh, register_wh, state, at, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .run(meter, time, usageWh, registerWh, state, at, reason ?? null);
    });
  }

  dropReading(meter: number, time: number): void {
    this.#pending.set(`${meter} ${time}`, () => {
      this.#database.prepare("DELETE FROM readings WHERE meter = ? AND time = ?").run(meter, time);
    });
  }

  /** Has all that was written on disk. @throws what SQLite throws: it is kept then, for the next time. */
  commit(): void {
    if (this.#pending.size === 0) return;
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      for (const write of this.#pending.values()) write();
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    this.#pending.clear();
  }

  /** The numbers of all meters. */
  meters(): number[] {
    this.commit();
    const rows = this.#database.prepare("SELECT meter FROM meters ORDER BY meter").all();
    return rows.map((row) => row["meter"] as number);
  }

  /** A meter's memory. */
  memory(meter: number): MeterMemory | undefined {
    this.commit();
    const row = this.#database.prepare("SELECT state, secrets FROM meters WHERE meter = ?").get(meter) as
      { state: string; secrets: Uint8Array } | undefined;
    if (row === undefined) return undefined;
    const state = JSON.parse(row.state) as SavedState;
    const opened = this.#seal.open(row.secrets);
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
    this.commit();
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
    try {
      this.commit();
    } finally {
      this.#database.close();
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
