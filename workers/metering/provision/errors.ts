/** Meters or programs cannot be provisioned. */
export class ProvisionError extends Error {
  override readonly name = "ProvisionError";
}
