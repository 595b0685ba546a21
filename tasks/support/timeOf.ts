import { UserError } from "./userError.js";

const DATE = /^\d{4}-\d\d-\d\d$/u;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/u;

/**
 * A time as the user writes it, UTC: `2026-01-31`, its first second, or `2026-01-31T17:30Z`. Unix seconds.
 *
 * @throws UserError naming the option.
 */
export function timeOf(option: string, text: string): number {
  const time = DATE.test(text) || TIME.test(text) ? Date.parse(text) / 1_000 : Number.NaN;
  // A day that does not exist would become one of the next month.
  if (Number.isNaN(time) || !new Date(time * 1_000).toISOString().startsWith(text.replace("Z", ""))) {
    throw new UserError(`--${option} ${text}: no time; write 2026-01-31 or 2026-01-31T17:30Z (UTC)`);
  }
  return time;
}

/** The time of an option, or the present where it is left out. Unix seconds. */
export function nowOrTime(option: string, text: string | undefined): number {
  return text === undefined ? Math.floor(Date.now() / 1_000) : timeOf(option, text);
}
