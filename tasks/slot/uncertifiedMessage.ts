/**
 * Why an incomplete slot, of rules that penalise anomalies in it, waits.
 *
 * @param from When it can be closed without a certificate, unix seconds.
 */
export function uncertifiedMessage(slot: number, from: number): string {
  const when = new Date(1000 * from).toISOString();
  return `slot ${slot}: what was reported has no certificate; it can be closed without one from ${when}`;
}
