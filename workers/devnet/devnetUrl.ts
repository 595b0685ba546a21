import { readFileSync } from "node:fs";
import { layout } from "./layout.js";
import { nearestValidator, validatorUrl } from "./validatorUrl.js";

/** Of the first validator of a network that stands where it does by default. */
const USUAL_URL = "http://127.0.0.1:8600";

/**
 * Where a network's first validator on this machine serves JSON-RPC.
 *
 * @param folder The network's; the usual address if it is left out, or holds no network (yet).
 */
export function devnetUrl(folder: string | undefined): string {
  if (folder === undefined || folder === "") return USUAL_URL;
  try {
    const at = layout(folder);
    const { validators } = JSON.parse(readFileSync(at.network, "utf8")) as {
      readonly validators: readonly {
        readonly number: number;
        readonly host: string;
        readonly rpcPort: number;
      }[];
    };
    const nearest = nearestValidator(at, validators);
    return nearest === undefined ? USUAL_URL : validatorUrl(at, nearest);
  } catch {
    // The task that needs the network says what is wrong with it.
    return USUAL_URL;
  }
}
