import { z } from "zod";

/**
 * When a worker takes a block for final: `instant`, where the chain never turns; `client`, where the client's own consensus is
 * final (QBFT); `overlay`, where the validators' workers sign blocks (Clique).
 */
export const finalityConfig = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("instant") }).strict(),
  z.object({ kind: z.literal("client") }).strict(),
  z
    .object({
      kind: z.literal("overlay"),
      /** Where the other workers serve HTTP. */
      peers: z.array(z.string().url()).max(88).default([]),
      /** Encrypted keystore of the key that signs blocks; left out, the operator's key does. */
      keystore: z.string().min(1).optional(),
      /** File with its password, mode 0600. */
      passwordFile: z.string().min(1).optional(),
    })
    .strict(),
]);

export type FinalityConfig = z.infer<typeof finalityConfig>;
export type OverlayConfig = Extract<FinalityConfig, { kind: "overlay" }>;
