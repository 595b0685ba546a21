/** No factor proves a version: its gain matrix is too close to singular, or its entries are too large. */
export class FactorError extends Error {
  override readonly name = "FactorError";
}
