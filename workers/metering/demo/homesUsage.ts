import type { UsageSource } from "../meter/fleet.js";
import { plausibleReading } from "../readings/plausible.js";
import { readHousehold } from "../readings/readHousehold.js";
import { replay } from "../readings/replay.js";
import type { MeteringPlay } from "./types.js";

/** What the meter of each home uses: as its file says, or drawn. */
export function homesUsage(
  homes: MeteringPlay["homes"],
  numbers: readonly number[],
  start: number,
  intervals: number,
  intervalSeconds: number,
): UsageSource {
  const end = start + intervals * intervalSeconds;
  const byMeter = new Map(
    homes.map(({ file }, i) => {
      const readings =
        file === undefined
          ? Array.from({ length: intervals }, (_, k) =>
              plausibleReading(numbers[i]!, start + (k + 1) * intervalSeconds, intervalSeconds),
            )
          : replay(readHousehold(file), end, intervals, intervalSeconds);
      return [numbers[i]!, new Map(readings.map(({ time, usageWh }) => [time, usageWh]))];
    }),
  );
  return (meter, time) => byMeter.get(meter)?.get(time);
}
