import type { z } from "zod";

/** A message as JSON of a known form; undefined of what is none. */
export function readJson<Schema extends z.ZodTypeAny>(
  schema: Schema,
  payload: Uint8Array,
): z.infer<Schema> | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(Buffer.from(payload).toString("utf8")));
    return parsed.success ? (parsed.data as z.infer<Schema>) : undefined;
  } catch {
    return undefined;
  }
}
