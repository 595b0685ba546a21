/** A backup cannot be made, or is not one that can be restored. */
export class StoreBackupError extends Error {
  override readonly name = "StoreBackupError";
}
