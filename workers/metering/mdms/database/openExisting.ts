import { DatabaseSync } from "node:sqlite";
import { DatabaseForeignError, DatabaseLostError, DatabaseUnavailableError } from "./errors.js";
import { isPostgres } from "./isPostgres.js";
import { openDatabase } from "./openDatabase.js";
import { openPostgres } from "./postgres.js";
import type { Database } from "./types.js";

/** Tables by which an MDMS's database is known, from its first version on. */
const TABLES = ["identity", "installations", "reports"];
const SQLITE_NOT_A_DATABASE = 26;

/**
 * Opens the database of an MDMS that is there; another one stays as it is.
 *
 * @param where `postgres://…` or `postgresql://…`, or else the path of a SQLite file.
 * @throws DatabaseForeignError, DatabaseUnavailableError, DatabaseLostError
 */
export async function openExisting(where: string): Promise<Database> {
  const tables = new Set(isPostgres(where) ? await postgresTables(where) : sqliteTables(where));
  if (TABLES.some((table) => !tables.has(table))) {
    throw new DatabaseForeignError(isPostgres(where) ? "the one that PostgreSQL serves" : where);
  }
  return await openDatabase(where);
}

async function postgresTables(url: string): Promise<string[]> {
  const database = openPostgres(url);
  try {
    const rows = await database.all<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ANY (current_schemas(false))",
    );
    return rows.map(({ name }) => name);
  } catch (error) {
    throw error instanceof DatabaseLostError ? error : new DatabaseUnavailableError(error);
  } finally {
    await database.close();
  }
}

function sqliteTables(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
      .all()
      .map(({ name }) => String(name));
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_NOT_A_DATABASE) return [];
    throw error;
  } finally {
    database.close();
  }
}
