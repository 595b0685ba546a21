import type { SignedAttestation } from "./attestation.js";
import { attestationsMessage, MOST_MESSAGE_BYTES } from "./wire.js";

/** Another worker. */
export interface Peer {
  readonly name: string;
  /** Its attestations from a height on. */
  fetch(from: number): Promise<SignedAttestation[]>;
  /** Gives it some. */
  push(attestations: readonly SignedAttestation[]): Promise<void>;
}

/** A peer that answers otherwise than a worker does. */
export class FinalityPeerError extends Error {
  override readonly name = "FinalityPeerError";
}

const TIMEOUT_MILLISECONDS = 2_000;

/** A worker that is reached over HTTP, where its server is (`http://host:port`). */
export function httpPeer(url: string): Peer {
  const at = `${url.replace(/\/+$/u, "")}/finality/attestations`;
  return {
    name: url,
    fetch: async (from) => {
      const response = await fetch(`${at}?from=${from}`, {
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      });
      if (!response.ok) throw new FinalityPeerError(`${url}: answers with ${response.status}`);
      const parsed = attestationsMessage.safeParse(await boundedJson(response, url));
      if (!parsed.success) throw new FinalityPeerError(`${url}: does not answer with attestations`);
      return parsed.data.attestations;
    },
    push: async (attestations) => {
      const response = await fetch(at, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ attestations }),
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      });
      await response.body?.cancel();
      if (!response.ok) throw new FinalityPeerError(`${url}: answers with ${response.status}`);
    },
  };
}

/** JSON of at most so many bytes: a peer may be faulty. */
async function boundedJson(response: Response, url: string): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += (part as Uint8Array).length;
    if (length > MOST_MESSAGE_BYTES) throw new FinalityPeerError(`${url}: answers with too much`);
    parts.push(part as Uint8Array);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw new FinalityPeerError(`${url}: does not answer with JSON`);
  }
}
