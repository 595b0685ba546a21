import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { SignedAttestation } from "./attestation.js";
import type { Evidence, FinalBlock } from "./journal.js";
import { attestationsMessage, MOST_MESSAGE_BYTES } from "./wire.js";

/** What a worker shows to others, and takes from them. */
export interface AttestationDesk {
  since(height: number): SignedAttestation[];
  /** @returns how many were new. */
  take(attestations: readonly SignedAttestation[]): number;
  final(): FinalBlock | undefined;
  evidence(): Evidence[];
}

/**
 * The overlay's routes:
 *
 * - `GET /finality/attestations?from=HEIGHT`: `{attestations}`, at most the newest 512;
 * - `POST /finality/attestations` with the same: `{taken}`;
 * - `GET /finality/final`: `{final}`, the highest final block with its signatures, or null;
 * - `GET /finality/evidence`: `{evidence}` against seats that signed against their own word.
 *
 * Nothing of it is secret, and nothing is believed that no seat signed.
 */
export function attestationRoutes(desk: AttestationDesk): Hono {
  return new Hono()
    .get("/finality/attestations", (c) => {
      const from = Number(c.req.query("from") ?? 0);
      if (!Number.isSafeInteger(from) || from < 0) return c.json({ error: "from: no height" }, 400);
      return c.json({ attestations: desk.since(from) });
    })
    .post("/finality/attestations", bodyLimit({ maxSize: MOST_MESSAGE_BYTES }), async (c) => {
      const body: unknown = await c.req.json().catch(() => undefined);
      const parsed = attestationsMessage.safeParse(body);
      if (!parsed.success) return c.json({ error: "no attestations" }, 400);
      return c.json({ taken: desk.take(parsed.data.attestations) });
    })
    .get("/finality/final", (c) => c.json({ final: desk.final() ?? null }))
    .get("/finality/evidence", (c) => c.json({ evidence: desk.evidence() }));
}
