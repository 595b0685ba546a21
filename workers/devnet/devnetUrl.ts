import { readFileSync } from "node:fs";
import { layout } from "./layout.js";

/** Of the first validator of a network that stands where it does by default. */
const USUAL_URL = "http://127.0.0.1:8600";

/**
 * Where a network's first validator serves JSON-RPC.
 *
 * @param folder The network's; the usual address if it is left out, or holds no network (yet).
 */
export function devnetUrl(folder: string | undefined): string {
  if (folder === undefined || folder === "") return USUAL_URL;
  try {
    const { validators } = JSON.parse(readFileSync(layout(folder).network, "utf8")) as {
      readonly validators: readonly { readonly host: string; readonly rpcPort: number }[];
    };
    const [first] = validators;
    return first === undefined ? USUAL_URL : `http://${first.host}:${first.rpcPort}`;
  } catch {
    // The task that needs the network says what is wrong with it.
    return USUAL_URL;
  }
}
