import { createRequire } from "node:module";
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig } from "hardhat/config";
import ignoreWarnings from "hardhat-ignore-warnings";
import { tasks } from "./tasks/index.js";
import { orderedTypes } from "./tasks/plugins/orderedTypes.js";
import { namedDevnet } from "./tasks/support/namedDevnet.js";
import { devnetUrl } from "./workers/devnet/devnetUrl.js";

const compiler = {
  version: "0.8.37",
  path: createRequire(import.meta.url).resolve("solc/soljson.js"),
  settings: {
    evmVersion: "paris",
    viaIR: true,
    optimizer: { enabled: true, runs: 10_000 },
    metadata: { bytecodeHash: "none" as const },
  },
};

export default defineConfig({
  plugins: [toolbox, ignoreWarnings, orderedTypes],
  tasks,
  // The same settings under both names: what is tested and measured is what is deployed.
  solidity: { profiles: { default: compiler, production: compiler } },
  warnings: { "npm/**/*": "off", "contracts/**/*": { default: "error" } },
  paths: { tests: { mocha: "./test", solidity: "./test" } },
  typechain: { outDir: "typechain-types" },
  ignition: { requiredConfirmations: 1, blockPollingInterval: 100 },
  test: {
    mocha: { timeout: 120_000 },
    solidity: {
      fuzz: { runs: 128, seed: "0x6772696470726f6f66" },
      invariant: { runs: 16, depth: 32, failOnRevert: true },
    },
  },
  networks: {
    default: {
      type: "edr-simulated",
      chainType: "l1",
      hardfork: "merge",
      blockGasLimit: 60_000_000,
      initialDate: "2026-01-01T00:00:00Z",
      allowBlocksWithSameTimestamp: true,
      accounts: { count: 30 },
    },
    // What `gridproof node` serves: the embedded network, with the time of day.
    node: {
      type: "edr-simulated",
      chainType: "l1",
      hardfork: "merge",
      blockGasLimit: 60_000_000,
      allowBlocksWithSameTimestamp: true,
      accounts: { count: 30 },
    },
    // What `gridproof devnet up` starts: the first validator of the network in GRIDPROOF_DEVNET, or .devnet/wan, unless told
    // otherwise. The tasks take the operators' keys from that folder where they are given none.
    devnet: {
      type: "http",
      chainType: "l1",
      url: configVariable("GRIDPROOF_DEVNET_URL", { default: devnetUrl(namedDevnet()) }),
    },
    // Any node. The tasks take the operator's key from a keystore or GRIDPROOF_OPERATOR_KEY; without either they use
    // the accounts that the node itself holds.
    local: {
      type: "http",
      chainType: "l1",
      url: configVariable("GRIDPROOF_RPC_URL", { default: "http://127.0.0.1:8545" }),
    },
  },
});
