import { attestationSigner, type FinalityDomain, type SignedAttestation } from "./attestation.js";
import { finalityQuorum } from "./finalityQuorum.js";
import type { FinalBlock } from "./journal.js";
import type { OverlayStanding, SignerKey } from "./overlayChain.js";
import { signerAt } from "./signerAt.js";

/** What a block's signatures come to. */
export interface CheckedFinal {
  /** One for each active seat that signed it, by seat. */
  readonly signed: readonly SignedAttestation[];
  /** How many make it final. */
  readonly quorum: number;
  readonly isFinal: boolean;
}

/** Counts the signatures of a block that somebody says is final: of active seats, each once, by the key that they registered. */
export function checkFinal(
  { epoch, number, hash, attestations }: FinalBlock,
  domain: FinalityDomain,
  standing: OverlayStanding,
  keys: readonly SignerKey[],
): CheckedFinal {
  const bySeat = new Map<number, SignedAttestation>();
  for (const { seat, signature } of attestations) {
    const key = signerAt(keys, seat, number);
    const attestation = { epoch, number, hash };
    if (epoch !== standing.epoch || key === undefined || !standing.seats.includes(seat)) continue;
    if (attestationSigner(domain, attestation, signature)?.toLowerCase() !== key) continue;
    bySeat.set(seat, { ...attestation, seat, signature });
  }
  const signed = [...bySeat.values()].sort((a, b) => a.seat - b.seat);
  const quorum = finalityQuorum(standing.seats.length);
  return { signed, quorum, isFinal: signed.length >= quorum };
}
