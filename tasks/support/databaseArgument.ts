import { isPostgres } from "../../workers/metering/mdms/database/isPostgres.js";
import { UserError } from "./userError.js";
import { userPath } from "./userPath.js";

/**
 * `--database`: `postgresql://…`, or a file of SQLite, whose path becomes absolute.
 *
 * @throws UserError for a password in it: others can read the arguments of a command.
 */
export function databaseArgument(named: string | undefined): string | undefined {
  if (named === undefined) return undefined;
  if (!isPostgres(named)) return userPath(named);
  if (hasPassword(named)) {
    throw new UserError(
      "--database: leave the password out, others could read it; PGPASSWORD, PGPASSFILE and ~/.pgpass are for that",
    );
  }
  return named;
}

/** Also of one that is no URL by the letter, such as one without a host. */
function hasPassword(url: string): boolean {
  const [, authority = "", rest = ""] = /^[a-z]+:\/\/([^/?#]*)(.*)$/u.exec(url) ?? [];
  return /:.*@/u.test(authority) || /[?&]password=/u.test(rest);
}
