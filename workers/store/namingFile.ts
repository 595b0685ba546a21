/** Opens a database; an error of SQLite then names its file. @throws what `open` throws. */
export function namingFile<Result>(path: string, open: () => Result): Result {
  try {
    return open();
  } catch (error) {
    if (error instanceof Error && "errcode" in error) error.message = `${path}: ${error.message}`;
    throw error;
  }
}
