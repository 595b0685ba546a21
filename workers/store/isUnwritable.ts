/** SQLite's primary result codes: READONLY, IOERR, FULL, CANTOPEN. */
const CODES = new Set([8, 10, 13, 14]);

/** Whether an error means that the disk under a database cannot be written: full, read-only, broken, away. */
export function isUnwritable(error: unknown): boolean {
  // The primary code is in the lowest byte of the extended one.
  return (
    error instanceof Error &&
    "errcode" in error &&
    typeof error.errcode === "number" &&
    CODES.has(error.errcode & 0xff)
  );
}
