/** Why a file of JSON cannot be read, for a message that names the file already. */
export function fileFlaw(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && error.code === "ENOENT" ? "there is no such file" : error.message;
}
