import { existsSync } from "node:fs";
import { join } from "node:path";

import { openDatabase } from "../../workers/metering/mdms/database/openDatabase.js";
import type { Database } from "../../workers/metering/mdms/database/types.js";
import { meteringFolder } from "../support/meteringFolder.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";

/**
 * Opens the MDMS's database for as long as `work` takes.
 *
 * @param named `--database`: a file of SQLite, or `postgresql://…`; without it, that of the metering folder.
 * @throws UserError if there is none.
 */
export async function withMdmsDatabase<Result>(
  named: string | undefined,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await open(
    named === undefined ? join(meteringFolder(), "mdms.sqlite") : named,
    named !== undefined,
  );
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function open(named: string, byUser: boolean): Promise<Database> {
  if (/^postgres(ql)?:\/\//u.test(named)) {
    try {
      return await openDatabase(named);
    } catch (error) {
      throw new UserError(
        `PostgreSQL does not open the database: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  const path = byUser ? userPath(named) : named;
  if (!existsSync(path)) {
    throw new UserError(
      `${path}: no such database; run \`metering provision\` or \`metering demo\`, or name one with --database`,
    );
  }
  return openDatabase(path);
}
