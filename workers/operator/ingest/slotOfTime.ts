import { problem } from "./problem.js";
import type { IngestContext, Outcome } from "./types.js";

/** The slot that starts at a time, if rows for it are taken now. A row's time is the start of its slot. */
export function slotOfTime(
  time: number,
  context: Pick<IngestContext, "clock" | "now" | "maxAheadSeconds">,
): Outcome<number> {
  const { genesis, slotSeconds, cutoffSlots } = context.clock;
  const iso = new Date(time * 1000).toISOString();
  if (time < genesis) {
    return problem("beforeGenesis", `time: ${iso} is before the first slot (${isoSeconds(genesis)})`);
  }
  const slot = Math.floor((time - genesis) / slotSeconds);
  const start = genesis + slot * slotSeconds;
  if (time !== start) {
    return problem(
      "misaligned",
      `time: ${iso} is not the start of a slot; slot ${slot} starts at ${isoSeconds(start)} and lasts ${slotSeconds} s`,
    );
  }
  const cutoff = start + (1 + cutoffSlots) * slotSeconds;
  if (context.now >= cutoff) {
    return problem("tooLate", `time: slot ${slot} took values until ${isoSeconds(cutoff)}`);
  }
  if (start > context.now + context.maxAheadSeconds) {
    return problem(
      "tooFarAhead",
      `time: slot ${slot} starts at ${isoSeconds(start)}, more than ${context.maxAheadSeconds} s ahead`,
    );
  }
  return { value: slot };
}

function isoSeconds(time: number): string {
  return new Date(time * 1000).toISOString().replace(".000Z", "Z");
}
