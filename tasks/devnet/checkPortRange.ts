import { PORTS } from "../../workers/devnet/createNetwork.js";
import { UserError } from "../support/userError.js";

const LAST_PORT = 65_535;
const MOST_VALIDATORS = 32;

/**
 * Checks that as many validators have ports from a first one on.
 *
 * @throws UserError that names `--port` if it is none, else `--validators` with how many there may be.
 */
export function checkPortRange(basePort: number, validators: number): void {
  // One more than the validators', for the keeper.
  const highest = LAST_PORT - PORTS;
  if (basePort < 1 || basePort > highest)
    throw new UserError(
      `--port ${basePort}: expected 1 to ${highest}, the first of ${PORTS} for each validator`,
    );
  const most = Math.min(Math.floor((LAST_PORT - basePort) / PORTS), MOST_VALIDATORS);
  if (validators < 1 || validators > most)
    throw new UserError(`--validators ${validators}: expected 1 to ${most}`);
}
