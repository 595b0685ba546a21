/** The contract takes nothing from an account: the utility has not appointed it, or no longer. */
export class NotConcentratorError extends Error {
  override readonly name = "NotConcentratorError";
  constructor(readonly account: string) {
    super(`${account} is no concentrator: the utility has not appointed it, or has replaced it`);
  }
}
