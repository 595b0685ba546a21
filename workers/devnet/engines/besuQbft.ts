import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { httpConnection } from "../http.js";
import type { Layout } from "../layout.js";
import type { Network, Validator } from "../types.js";
import { enodeUrl } from "./cliqueGeth.js";
import { qbftGenesis } from "./qbftGenesis.js";
import type { Command, Engine } from "./types.js";

const run = promisify(execFile);

/** Names the Besu to use. */
export const BESU_VARIABLE = "GRIDPROOF_BESU";

/** The Besu that `GRIDPROOF_BESU` names, else the one on the path; undefined if it cannot be run. */
export async function findBesu(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const besu = environment[BESU_VARIABLE] ?? "besu";
  try {
    await run(besu, ["--version"]);
    return besu;
  } catch {
    return undefined;
  }
}

/** Where a Besu node finds its files. */
export interface BesuPaths {
  readonly genesis: string;
  readonly data: string;
  readonly nodeKey: string;
  readonly staticNodes: string;
  readonly permissions: string;
}

/**
 * Besu with QBFT: a block is final as soon as it is there, and a third of the validators may be Byzantine. A validator
 * signs with its node key; the node holds no account, and needs no gate.
 */
export function besuQbft(besu: string): Engine {
  return {
    gated: false,
    // A block is final before the next is begun: nodes never stand on different heads.
    deadlocks: undefined,
    connect: async ({ host, rpcPort }) => {
      const node = httpConnection(`http://${host}:${rpcPort}`);
      await node.call("net_version");
      return node;
    },
    // Besu seals as soon as two thirds of the validators have found each other.
    seal: async () => undefined,
    sealerOf: async (node, height) =>
      (await node.call<{ miner: string }>("eth_getBlockByNumber", [`0x${height.toString(16)}`, false])).miner,
    sealers: (node) => node.call<string[]>("qbft_getValidatorsByBlockNumber", ["latest"]),
    vote: async (node, account, toSeal) =>
      void (await node.call("qbft_proposeValidatorVote", [account, toSeal])),
    forget: async (node, account) => void (await node.call("qbft_discardValidatorVote", [account])),
    // Besu reads its lists from files when it starts; no port serves what would change them.
    setPeer: async () => undefined,
    genesis: qbftGenesis,
    files: (network, validator, at) => besuFiles(network, pathsOf(validator, at)),
    initialise: () => undefined,
    start: (network, validator, at): Command => ({
      program: besu,
      args: besuArguments(network, validator, pathsOf(validator, at), "127.0.0.1"),
    }),
  };
}

/** Peers, and the nodes that are let in: the same list. Anyone else is neither dialled nor accepted. */
export function besuFiles(network: Network, paths: BesuPaths): ReadonlyMap<string, string> {
  const peers = network.validators.map(enodeUrl);
  return new Map([
    [paths.staticNodes, `${JSON.stringify(peers, undefined, 2)}\n`],
    [paths.permissions, `nodes-allowlist=${JSON.stringify(peers)}\n`],
  ]);
}

/** @param listen The address that JSON-RPC is served on. */
export function besuArguments(
  network: Network,
  { host, p2pPort, rpcPort }: Validator,
  paths: BesuPaths,
  listen: string,
): string[] {
  const options: Record<string, string | number> = {
    "data-path": paths.data,
    "genesis-file": paths.genesis,
    "node-private-key-file": paths.nodeKey,
    "network-id": network.chainId,
    "p2p-host": host,
    "p2p-port": p2pPort,
    "discovery-enabled": "false",
    "static-nodes-file": paths.staticNodes,
    "permissions-nodes-config-file-enabled": "true",
    "permissions-nodes-config-file": paths.permissions,
    "max-peers": Math.max(network.validators.length - 1, 1),
    "rpc-http-enabled": "true",
    "rpc-http-host": listen,
    "rpc-http-port": rpcPort,
    "rpc-http-api": "ETH,NET,WEB3,TXPOOL,QBFT",
    "host-allowlist": "localhost,127.0.0.1",
    "min-gas-price": 0,
    "target-gas-limit": network.gasLimit,
    "sync-mode": "FULL",
    // Values are read back from the calldata of old transactions, and calls are made again on old states.
    "data-storage-format": "FOREST",
  };
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

function pathsOf({ number }: Validator, at: Layout): BesuPaths {
  const { data, nodeKey } = at.validator(number);
  return {
    genesis: at.genesis,
    data,
    nodeKey,
    staticNodes: join(data, "static-nodes.json"),
    permissions: join(data, "permissions.toml"),
  };
}
