/** What the chain holds does not fit together, or is not there. The message is one line. */
export class ChainDataError extends Error {
  override readonly name = "ChainDataError";
}
