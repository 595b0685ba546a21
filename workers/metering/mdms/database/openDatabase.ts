import { DatabaseUnavailableError } from "./errors.js";
import { isPostgres } from "./isPostgres.js";
import { openPostgres } from "./postgres.js";
import { SCHEMA } from "./schema.js";
import { openSqlite } from "./sqlite.js";
import type { Database } from "./types.js";

/**
 * Opens the database of an MDMS and creates what is missing of its tables.
 *
 * @param where `postgres://…` or `postgresql://…`, or else the path of a SQLite file.
 * @throws DatabaseUnavailableError
 */
export async function openDatabase(where: string): Promise<Database> {
  const database = isPostgres(where) ? openPostgres(where) : openSqlite(where);
  try {
    await createTables(database);
    return database;
  } catch (error) {
    await database.close();
    throw database.kind === "postgres" ? new DatabaseUnavailableError(error) : error;
  }
}

/** Two instances that start at once would trip over each other's tables in PostgreSQL: one waits for the other. */
async function createTables(database: Database): Promise<void> {
  const script =
    database.kind === "postgres" ? `BEGIN; SELECT pg_advisory_xact_lock(6001); ${SCHEMA}; COMMIT` : SCHEMA;
  await database.execute(script);
}
