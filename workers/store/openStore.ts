import { DatabaseSync, type StatementSync } from "node:sqlite";
import { migrations } from "./migrations.js";
import { namingFile } from "./namingFile.js";

/** An operator's open database. Functions beside this file read and write it. */
export interface Store {
  readonly path: string;
  readonly database: DatabaseSync;
  /** A prepared statement, kept for the next use of the same text. */
  prepare(sql: string): StatementSync;
  close(): void;
}

export interface OpenStoreOptions {
  /** For a look from beside a running worker: takes no lock, writes nothing, needs an existing database. */
  readonly readOnly?: boolean;
  /** The steps to its schema; those of an operator's worker if left out. */
  readonly migrations?: readonly string[];
}

/** Another process (or this one) has the database open for writing. */
export class StoreLockedError extends Error {
  override readonly name = "StoreLockedError";
  constructor(readonly path: string) {
    super(`${path}: already in use by another worker; a database belongs to one worker at a time`);
  }
}

/** The database was written by a newer release. */
export class StoreTooNewError extends Error {
  override readonly name = "StoreTooNewError";
  constructor(
    readonly path: string,
    readonly version: number,
    readonly known: number,
  ) {
    super(`${path}: schema version ${version}, this release knows up to ${known}; use a newer release`);
  }
}

const SQLITE_BUSY = 5;

/**
 * Opens (and, unless `readOnly`, creates and migrates) a database.
 *
 * One writer at a time, by an exclusive SQLite lock on `<path>.lock` that the system drops when its process dies,
 * however it dies. The database itself is in WAL mode, so that read-only openers see it while the worker runs.
 * A commit is on disk when it returns (`synchronous = FULL`): the journal of transactions depends on it.
 *
 * @throws StoreLockedError if it is open for writing elsewhere.
 * @throws StoreTooNewError if a newer release wrote it.
 */
export function openStore(path: string, options: OpenStoreOptions = {}): Store {
  return namingFile(path, () => open(path, options));
}

function open(path: string, options: OpenStoreOptions): Store {
  const readOnly = options.readOnly ?? false;
  const lock = readOnly || path === ":memory:" ? undefined : lockStore(path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly, timeout: 5_000 });
    if (!readOnly) {
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    }
    migrate(database, path, readOnly, options.migrations ?? migrations);
  } catch (error) {
    database?.close();
    lock?.close();
    throw error;
  }
  const opened = database;
  const statements = new Map<string, StatementSync>();
  return {
    path,
    database: opened,
    prepare(sql) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = opened.prepare(sql);
        statements.set(sql, statement);
      }
      return statement;
    },
    close() {
      if (opened.isOpen) opened.close();
      if (lock?.isOpen === true) lock.close();
    },
  };
}

/**
 * Takes the lock that goes with writing to a database, until it is closed.
 *
 * @throws StoreLockedError
 */
export function lockStore(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) {
      throw new StoreLockedError(path);
    }
    throw error;
  }
}

function migrate(database: DatabaseSync, path: string, readOnly: boolean, steps: readonly string[]): void {
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version > steps.length) throw new StoreTooNewError(path, version, steps.length);
  if (readOnly) return;
  for (let step = version; step < steps.length; step++) {
    database.exec(`BEGIN IMMEDIATE; ${steps[step]}; PRAGMA user_version = ${step + 1}; COMMIT`);
  }
}
