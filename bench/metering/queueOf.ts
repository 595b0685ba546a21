/** The queue of a concentrator, from its metrics; undefined if it does not answer. */
export async function queueOf(
  metricsUrl: string,
): Promise<{ readonly waiting: number; readonly underWay: number } | undefined> {
  try {
    const text = await (await fetch(metricsUrl, { signal: AbortSignal.timeout(2_000) })).text();
    const value = (name: string): number =>
      Number(new RegExp(`^${name} (\\S+)$`, "mu").exec(text)?.[1] ?? "0");
    return {
      waiting: value("gridproof_concentrator_queue_waiting"),
      underWay: value("gridproof_concentrator_queue_under_way"),
    };
  } catch {
    return undefined;
  }
}
