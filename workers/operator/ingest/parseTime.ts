import { localTimeToUnix } from "./localTimeToUnix.js";
import { type Outcome, problem } from "../../measurement/problem.js";

const SHAPE =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads a time: ISO 8601 with an offset (`2026-01-01T00:00:00+01:00`, `…Z`), or without one together with the name of
 * a time zone (`Europe/Berlin`). An offset makes the zone superfluous.
 *
 * @returns unix seconds, with a fraction if the text has one.
 */
export function parseTime(text: string, timezone: string): Outcome<number> {
  const match = SHAPE.exec(text);
  if (match === null) {
    return problem("malformed", `time: '${text}' is not ISO 8601 (as 2026-01-01T00:00:00+01:00)`);
  }
  const part = (group: number): number => Number(match[group] ?? "0");
  const wall = Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6)) / 1000;
  const read = new Date(wall * 1000);
  const exists =
    read.getUTCMonth() + 1 === part(2) &&
    read.getUTCDate() === part(3) &&
    part(4) < 24 &&
    part(5) < 60 &&
    part(6) < 60;
  if (!exists) return problem("malformed", `time: '${text}' is not a date and time of the calendar`);
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`);

  const offset = match[8];
  if (offset !== undefined) {
    if (offset.toUpperCase() === "Z") return { value: wall + fraction };
    const hours = Number(offset.slice(1, 3));
    const minutes = Number(offset.slice(-2));
    if (hours > 14 || minutes > 59) return problem("malformed", `time: '${offset}' is not an offset`);
    const seconds = (hours * 60 + minutes) * 60;
    return { value: wall - (offset.startsWith("-") ? -seconds : seconds) + fraction };
  }
  if (timezone === "") {
    return problem("malformed", `time: '${text}' has neither an offset nor a timezone`);
  }
  const instants = localTimeToUnix(wall, timezone);
  if (instants === undefined) return problem("malformed", `timezone: '${timezone}' is not known`);
  const [first, again] = instants;
  if (first === undefined) {
    return problem("nonexistentTime", `time: '${text}' does not exist in ${timezone} (clocks go forward)`);
  }
  if (again !== undefined) {
    return problem(
      "ambiguousTime",
      `time: '${text}' occurs twice in ${timezone} (clocks go back); write it with its offset`,
    );
  }
  return { value: first + fraction };
}
