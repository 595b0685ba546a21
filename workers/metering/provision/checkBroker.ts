import { isLoopback } from "../../bus/broker/isLoopback.js";
import { checkTls } from "./checkTls.js";
import { BROKER_HOST, type ConfigChoices } from "./configsOf.js";
import { ProvisionError } from "./errors.js";

/**
 * Checks that the broker is one which clients will believe, and which passwords may go to.
 *
 * @throws ProvisionError, KeyFileExposedError
 */
export async function checkBroker({
  host = BROKER_HOST,
  tls,
}: Pick<ConfigChoices, "host" | "tls">): Promise<void> {
  if (!/^[\w.:-]+$/u.test(host))
    throw new ProvisionError(`${host}: neither a name nor an address of the broker`);
  if (tls !== undefined) await checkTls(tls, host);
  else if (!isLoopback(host)) {
    throw new ProvisionError(`${host}: beyond this machine the broker needs a certificate`);
  }
}
