import type { HardhatPlugin } from "hardhat/types/plugins";

/**
 * Lists the contracts in the generated types by name. The generator lists them in the order in which they were compiled, which
 * differs from build to build.
 */
export const orderedTypes: HardhatPlugin = {
  id: "gridproof-ordered-types",
  hookHandlers: { solidity: async () => await import("./orderTypes.js") },
};
