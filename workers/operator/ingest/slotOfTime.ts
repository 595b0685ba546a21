import { slotAtTime } from "../../measurement/slotAtTime.js";
import { slotTimes } from "../../measurement/slotTimes.js";
import { type Outcome, problem } from "../../measurement/problem.js";
import type { IngestContext } from "./types.js";

/** The slot that starts at a time, if rows for it are taken now. A row's time is the start of its slot. */
export function slotOfTime(
  time: number,
  context: Pick<IngestContext, "rules" | "now" | "maxAheadSeconds">,
): Outcome<number> {
  const { rules } = context;
  const iso = new Date(time * 1000).toISOString();
  const first = rules[0].start;
  if (time < first) {
    return problem("beforeGenesis", `time: ${iso} is before the first slot (${isoSeconds(first)})`);
  }
  const slot = slotAtTime(rules, time);
  const { start, end, due } = slotTimes(rules, slot);
  if (time !== start) {
    return problem(
      "misaligned",
      `time: ${iso} is not the start of a slot; slot ${slot} starts at ${isoSeconds(start)} and lasts ${end - start} s`,
    );
  }
  if (context.now >= due) {
    return problem("tooLate", `time: slot ${slot} took values until ${isoSeconds(due)}`);
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
