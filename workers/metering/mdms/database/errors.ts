/** PostgreSQL does not open the MDMS's database. */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";
  constructor(cause: unknown) {
    super(`PostgreSQL does not open the database: ${reasonOf(cause)}`, { cause });
  }
}

/** A host of several addresses fails with several errors, and no message of its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join("; ");
  return cause instanceof Error ? cause.message : String(cause);
}
