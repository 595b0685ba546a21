import { z } from "zod";

/** Most attestations of one message. */
export const MOST_ATTESTATIONS = 512;
/** Most bytes of one message: an attestation takes some 300. */
export const MOST_MESSAGE_BYTES = 256 * 1024;

/** An attestation as it travels. */
export const attestation = z
  .object({
    epoch: z.number().int().nonnegative(),
    number: z.number().int().nonnegative(),
    hash: z.string().regex(/^0x[0-9a-f]{64}$/u),
    seat: z.number().int().min(0).max(87),
    signature: z.string().regex(/^0x[0-9a-f]{130}$/u),
  })
  .strict();

/** Attestations as they travel between workers: `{attestations: [{epoch, number, hash, seat, signature}]}`. */
export const attestationsMessage = z
  .object({ attestations: z.array(attestation).max(MOST_ATTESTATIONS) })
  .strict();
