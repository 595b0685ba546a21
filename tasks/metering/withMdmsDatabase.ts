import { existsSync } from "node:fs";
import { isPostgres } from "../../workers/metering/mdms/database/isPostgres.js";
import { openExisting } from "../../workers/metering/mdms/database/openExisting.js";
import type { Database } from "../../workers/metering/mdms/database/types.js";
import { folderDatabase } from "../../workers/metering/provision/folderDatabase.js";
import { meteringFiles } from "../../workers/metering/provision/layout.js";
import { databaseArgument } from "../support/databaseArgument.js";
import { meteringFolder } from "../support/meteringFolder.js";
import { UserError } from "../support/userError.js";

/**
 * Opens the MDMS's database for as long as `work` takes.
 *
 * @param named `--database`: a file of SQLite, or `postgresql://…`; without it, that of the metering folder.
 * @throws UserError if there is none, DatabaseForeignError, DatabaseUnavailableError
 */
export async function withMdmsDatabase<Result>(
  named: string | undefined,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const where = databaseArgument(named) ?? folderDatabase(meteringFiles(meteringFolder()));
  if (!isPostgres(where) && !existsSync(where)) {
    throw new UserError(
      `${where}: no such database; run \`metering provision\` or \`metering demo\`, or name one with --database`,
    );
  }
  const database = await openExisting(where);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
