/** The analysis of incentives was asked for something that it cannot do. The message is one line. */
export class IncentiveArgumentError extends Error {
  override readonly name = "IncentiveArgumentError";
}
