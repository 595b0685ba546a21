/** A network of validators cannot be made, found or started. The message is one line, and says what to do. */
export class DevnetError extends Error {
  override readonly name = "DevnetError";
}
