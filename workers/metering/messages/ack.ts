import { z } from "zod";
import { readJson } from "./readJson.js";

/**
 * What became of a report or a request, on the meter's `ack` topic: `included` in a block, which may still be lost; `final`; or
 * `refused` with a reason. `busy`: the concentrator has too much in its queue; later.
 */
const ackSchema = z
  .object({
    /** The concentrator's clock, unix seconds: what meters set theirs by. */
    now: z.number().int().positive(),
    about: z.discriminatedUnion("kind", [
      z.object({
        kind: z.literal("report"),
        time: z.number().int().positive(),
        hash: z.string().regex(/^0x[0-9a-f]{64}$/u),
      }),
      z.object({ kind: z.literal("registration") }),
      z.object({ kind: z.literal("session"), sequence: z.number().int().positive() }),
    ]),
    verdict: z.enum(["included", "final", "refused", "busy"]),
    reason: z.string().max(100).optional(),
  })
  .strict();

export type Ack = z.infer<typeof ackSchema>;

/** What an answer is about. */
export type AckAbout = Ack["about"];

/** An answer as it travels. */
export function encodeAck(ack: Ack): string {
  return JSON.stringify(ack);
}

/** The other way; undefined of what is no answer. */
export function decodeAck(payload: Uint8Array): Ack | undefined {
  return readJson(ackSchema, payload);
}
