import { z } from "zod";
import type { RegistrationRequest } from "../keys/registrationRequest.js";
import type { SessionRequest } from "../keys/sessionRequest.js";
import { readJson } from "./readJson.js";

const word = z.string().regex(/^0x[0-9a-f]{64}$/u);
/** In lower case: in another it would be checked as a checksum where it is encoded. */
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/u)
  .transform((text) => text.toLowerCase());
const uint32 = z.number().int().positive().max(0xffff_ffff);

const requestSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("registration"),
    request: z.object({ saltedId: word, identity: address, since: uint32, r: word, vs: word }).strict(),
  }),
  z.object({
    kind: z.literal("session"),
    request: z
      .object({
        meter: uint32,
        sequence: uint32,
        key: address,
        validUntil: uint32,
        r: word,
        vs: word,
        keyR: word,
        keyVs: word,
      })
      .strict(),
  }),
]);

/** What a meter asks of the contract, through its concentrator, on its `request` topic. */
export type MeterRequest =
  | { readonly kind: "registration"; readonly request: RegistrationRequest }
  | { readonly kind: "session"; readonly request: SessionRequest };

/** A request as it travels. */
export function encodeRequest(request: MeterRequest): string {
  return JSON.stringify(request);
}

/** The other way; undefined of what is no request. */
export function decodeRequest(payload: Uint8Array): MeterRequest | undefined {
  return readJson(requestSchema, payload);
}
