import { existsSync, readFileSync } from "node:fs";
import { DevnetError } from "./errors.js";
import { layout } from "./layout.js";
import { type Network, networkSchema } from "./types.js";

/** @throws DevnetError if there is no network in the folder, or its description is broken. */
export function readNetwork(folder: string): Network {
  const { network: file } = layout(folder);
  if (!existsSync(file)) throw new DevnetError(`${folder}: no network here; devnet up makes one`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new DevnetError(`${file}: not JSON`);
  }
  const parsed = networkSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new DevnetError(`${file}: ${path.join(".")}: ${message}`);
}
