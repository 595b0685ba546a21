import type { DepartedNode } from "../chain/departedNodes.js";
import type { Network, Validator } from "./types.js";

/**
 * The validators of a network whose members departed: those that seal with an address, or are reached at a node, that no
 * present member has on record any more.
 */
export function departedValidators(network: Network, departed: readonly DepartedNode[]): Validator[] {
  const addresses = new Set(departed.map(({ validator }) => validator?.toLowerCase()));
  const nodes = new Set(departed.map(({ node }) => node));
  return network.validators.filter(
    ({ address, nodeId }) =>
      addresses.has(address.toLowerCase()) ||
      [...nodes].some((node) => node?.startsWith(`enode://${nodeId}@`) === true),
  );
}
