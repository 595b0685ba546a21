import { z } from "zod";
import { healthPortOf } from "../healthPort.js";
import type { Network } from "../types.js";

const alertSchema = z.object({
  name: z.string(),
  subject: z.string().optional(),
  message: z.string(),
  since: z.number(),
});
const healthSchema = z.object({ chainId: z.number(), alerts: z.array(alertSchema) });

/** An alert as the keeper serves it: `since` is a Unix time. */
export type ServedAlert = z.infer<typeof alertSchema>;

/** How long the keeper may take to answer. */
const TIMEOUT_MILLISECONDS = 2_000;

/** The alerts that a network's keeper says stand; null where it does not answer, or another network's does. */
export async function readAlerts(network: Network): Promise<readonly ServedAlert[] | null> {
  try {
    const response = await fetch(`http://127.0.0.1:${healthPortOf(network)}/health`, {
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
    const parsed = healthSchema.safeParse(await response.json());
    return parsed.success && parsed.data.chainId === network.chainId ? parsed.data.alerts : null;
  } catch {
    return null;
  }
}
