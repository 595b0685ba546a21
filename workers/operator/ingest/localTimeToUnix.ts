const formats = new Map<string, Intl.DateTimeFormat | undefined>();

const DAY = 86_400;

/**
 * The instants at which clocks of a zone show a local time: one as a rule, none where clocks jump over it, two where
 * they are set back.
 *
 * Zones change their offset at most once in two days, so that the offsets a day before and a day after are all that
 * can apply; an instant counts if the zone, at it, really shows the local time.
 *
 * @param wall the local time, as unix seconds if it were UTC.
 * @returns ascending unix seconds; undefined if the zone is not known.
 */
export function localTimeToUnix(wall: number, timezone: string): number[] | undefined {
  const format = formatOf(timezone);
  if (format === undefined) return undefined;
  const instants = new Set<number>();
  for (const near of [wall - DAY, wall + DAY]) {
    const instant = wall - (wallOf(format, near) - near);
    if (wallOf(format, instant) === wall) instants.add(instant);
  }
  return [...instants].sort((a, b) => a - b);
}

/** What clocks show at an instant, as unix seconds if it were UTC. */
function wallOf(format: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map<string, number>();
  for (const { type, value } of format.formatToParts(instant * 1000)) parts.set(type, Number(value));
  const part = (name: string): number => parts.get(name) ?? 0;
  return (
    Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) /
    1000
  );
}

function formatOf(timezone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(timezone)) {
    let format: Intl.DateTimeFormat | undefined;
    try {
      format = new Intl.DateTimeFormat("en-US", {
        timeZone: timezone,
        calendar: "gregory",
        numberingSystem: "latn",
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
      });
    } catch {
      format = undefined;
    }
    formats.set(timezone, format);
  }
  return formats.get(timezone);
}
