/** A time of the chain (unix seconds) for people; undefined for 0, which stands for none. */
export function timeText(seconds: number): string | undefined {
  return seconds === 0 ? undefined : new Date(1000 * seconds).toISOString().replace(".000Z", "Z");
}
