import { cliqueGeth } from "../../workers/devnet/engines/cliqueGeth.js";
import type { Engine } from "../../workers/devnet/engines/types.js";
import type { Validator } from "../../workers/devnet/types.js";

/**
 * The product's geth that serves HTTP itself, too, past the gate before it: what the gate is compared with, on the same
 * nodes and the same chain. Its sealing keys could be used over that port, on loopback; they hold nothing, and live as
 * long as the measurement.
 *
 * @param portOf Where each node is to serve HTTP.
 */
export function doorGeth(geth: string, portOf: (validator: Validator) => number): Engine {
  const engine = cliqueGeth(geth);
  return {
    ...engine,
    start: (network, validator, at) => {
      const { program, args } = engine.start(network, validator, at);
      const http = ["--http", "--http.addr", validator.host, "--http.port", String(portOf(validator))];
      return {
        program,
        args: [...args, ...http, "--http.api", "eth,net,web3,txpool", "--allow-insecure-unlock"],
      };
    },
  };
}
