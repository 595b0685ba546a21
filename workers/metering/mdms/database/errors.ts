import { messageOf } from "../../../errors/messageOf.js";

/** PostgreSQL does not open the MDMS's database. */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";
  constructor(cause: unknown) {
    super(`PostgreSQL does not open the database: ${reasonOf(cause)}`, { cause });
  }
}

/** What is named as the MDMS's database is none. */
export class DatabaseForeignError extends Error {
  override readonly name = "DatabaseForeignError";
  constructor(where: string) {
    super(`${where}: is no database of an MDMS`);
  }
}

/** PostgreSQL does not answer any more: what was asked may be asked again. */
export class DatabaseLostError extends Error {
  override readonly name = "DatabaseLostError";
  /** @param reason of the connection's end. Not kept as the cause: it is no word on the node. */
  constructor(reason: unknown) {
    super(`PostgreSQL does not answer: ${reasonOf(reason)}`);
  }
}

/** A host of several addresses fails with several errors, and no message of its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join("; ");
  return messageOf(cause);
}
