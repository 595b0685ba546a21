import { z } from "zod";
import type { Evidence, FinalBlock } from "./journal.js";
import { FinalityPeerError } from "./peer.js";
import { attestation } from "./wire.js";

const finalMessage = z.object({
  final: z
    .object({
      epoch: z.number().int().nonnegative(),
      number: z.number().int().nonnegative(),
      hash: z.string().regex(/^0x[0-9a-f]{64}$/u),
      attestations: z.array(attestation),
    })
    .nullable(),
});

/** Evidence as a worker gives it, and as it stands in a file: `{evidence: [{seat, first, second, headers}]}`. */
export const evidenceMessage = z.object({
  evidence: z.array(
    z.object({
      seat: z.number().int().min(0).max(87),
      first: attestation,
      second: attestation,
      headers: z.array(z.string().regex(/^0x[0-9a-f]*$/u)),
    }),
  ),
});

const TIMEOUT_MILLISECONDS = 5_000;

/**
 * What a worker says is final, with the signatures. Whether they are a quorum's is for `checkFinal` to say.
 *
 * @param url where it serves HTTP.
 * @throws FinalityPeerError if nothing, or something else, answers there.
 */
export async function readWorkerFinal(url: string): Promise<FinalBlock | undefined> {
  const parsed = finalMessage.safeParse(await read(url, "final"));
  if (!parsed.success) throw new FinalityPeerError(`${url}: does not say what is final`);
  return parsed.data.final ?? undefined;
}

/** The evidence that a worker has. @throws FinalityPeerError */
export async function readWorkerEvidence(url: string): Promise<Evidence[]> {
  const parsed = evidenceMessage.safeParse(await read(url, "evidence"));
  if (!parsed.success) throw new FinalityPeerError(`${url}: does not answer with evidence`);
  return parsed.data.evidence;
}

async function read(url: string, what: string): Promise<unknown> {
  try {
    const response = await fetch(`${url.replace(/\/+$/u, "")}/finality/${what}`, {
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
    if (!response.ok) throw new FinalityPeerError(`${url}: answers with ${response.status}`);
    return await response.json();
  } catch (error) {
    if (error instanceof FinalityPeerError) throw error;
    throw new FinalityPeerError(`${url}: ${unansweredBecause(error)}`);
  }
}

/** `fetch failed` says nothing: what did fail stands in its cause. */
function unansweredBecause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return error.message === "fetch failed" ? `no worker answers there${code}` : error.message;
}
