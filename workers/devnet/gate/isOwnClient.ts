import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/**
 * Whether a request comes from a program, not from a page in somebody's browser: its `Host` is an IP address or `localhost`
 * (as geth has it: a page whose name was bound anew to this machine shows that name), and it has no `Origin`, which a browser
 * puts into what a page sends elsewhere.
 */
export function isOwnClient({ host = "", origin }: IncomingHttpHeaders): boolean {
  if (origin !== undefined) return false;
  const name = host.replace(/:\d*$/u, "").replace(/^\[(.*)\]$/u, "$1");
  return isIP(name) !== 0 || name.toLowerCase() === "localhost";
}
