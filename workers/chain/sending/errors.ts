/** As many transactions wait for a block as may. */
export class SenderFullError extends Error {
  override readonly name = "SenderFullError";
  constructor(
    readonly inFlight: number,
    readonly most: number,
  ) {
    super(`${inFlight} transactions wait for a block, of at most ${most}`);
  }
}
