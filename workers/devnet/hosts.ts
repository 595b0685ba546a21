import { isIPv4 } from "node:net";
import { DevnetError } from "./errors.js";

/** A host name: labels of letters, digits and dashes. */
const NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/iu;

/** Whether a host is this machine itself. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

/**
 * Checks where validators are to be: each a name or an IPv4 address, since nodes take peers of IPv4 alone; and no two on one
 * machine, but on this.
 *
 * @throws DevnetError that names the first host that is none, or is there twice.
 */
export function checkHosts(hosts: readonly string[]): void {
  for (const [i, host] of hosts.entries()) {
    // What looks like an address must be one: no name ends in a number.
    if (!(isIPv4(host) || (NAME.test(host) && !/(^|\.)\d+$/u.test(host))))
      throw new DevnetError(`host ${i + 1}, "${host}": expected a name or an IPv4 address`);
    const first = hosts.findIndex((one) => one.toLowerCase() === host.toLowerCase());
    if (first < i && !isLoopback(host))
      throw new DevnetError(
        `${host} is host ${first + 1} and host ${i + 1}: each validator goes to a machine of its own`,
      );
  }
}
