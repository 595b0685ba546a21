import type { MeterGaps } from "../../messages/gapsMessage.js";
import type { Session } from "../database/types.js";
import { installationOf } from "../store/installations.js";

/** Intervals that a list names at most, the newest: more do not fit in a packet that brokers take. */
const MOST = 400;

/**
 * What the MDMS has of a meter, from its installation to the newest report: the intervals that are missing in between.
 *
 * @returns undefined while there is no report of it, or it is at no usage point.
 */
export async function meterGaps(
  session: Session,
  meter: number,
  intervalSeconds: number,
): Promise<MeterGaps | undefined> {
  const place = await installationOf(session, meter);
  const rows = await session.all<{ tau: number }>(
    "SELECT tau FROM reports WHERE meter = $1 ORDER BY tau",
    meter,
  );
  const until = rows.at(-1)?.tau;
  if (place === undefined || until === undefined) return undefined;
  const held = new Set(rows.map(({ tau }) => tau));
  const missing: number[] = [];
  const first = (Math.floor(place.since / intervalSeconds) + 1) * intervalSeconds;
  for (let tau = first; tau <= until; tau += intervalSeconds) if (!held.has(tau)) missing.push(tau);
  // Of what the list has no room for, and of all before, it says nothing: a meter keeps that.
  return { meter, after: missing.at(-MOST - 1) ?? 0, until, missing: missing.slice(-MOST) };
}
