import { dirname } from "node:path";
import { readSnapshot } from "../deadlock/readSnapshot.js";
import { recover } from "../deadlock/recover.js";
import { isLoopback } from "../hosts.js";
import { IpcConnection } from "../ipc.js";
import type { Layout } from "../layout.js";
import type { Network, Validator } from "../types.js";
import { cliqueGenesis } from "./cliqueGenesis.js";
import type { Command, Engine } from "./types.js";

/** How many transactions a pool keeps: a day of slots at once. */
const POOL = 100_000;
const LOOPBACK = "127.0.0.1";

/** geth 1.13, the last that seals Clique (EIP-225). */
export function cliqueGeth(geth: string): Engine {
  return {
    gated: true,
    deadlocks: { snapshot: readSnapshot, recover },
    connect: (validator, at) => IpcConnection.open(at.validator(validator.number).socket),
    seal: async (node) => void (await node.call("miner_start")),
    sealerOf: (node, height) => node.call<string>("clique_getSigner", [`0x${height.toString(16)}`]),
    sealers: (node) => node.call<string[]>("clique_getSigners"),
    vote: async (node, account, toSeal) => void (await node.call("clique_propose", [account, toSeal])),
    forget: async (node, account) => void (await node.call("clique_discard", [account])),
    setPeer: async (node, peer, admitted) => {
      const [trust, dial] = admitted
        ? ["admin_addTrustedPeer", "admin_addPeer"]
        : ["admin_removeTrustedPeer", "admin_removePeer"];
      await node.call(trust, [enodeUrl(peer)]);
      await node.call(dial, [enodeUrl(peer)]);
    },
    genesis: cliqueGenesis,
    files: (network, validator, at) =>
      new Map([[at.validator(validator.number).config, peersToml(network, validator)]]),
    initialise: (_, validator, at): Command => ({
      program: geth,
      args: ["init", "--datadir", at.validator(validator.number).data, at.genesis],
    }),
    start: (network, validator, at): Command => ({
      program: geth,
      args: startArguments(network, validator, at),
    }),
  };
}

/** Where a node listens, and its static and trusted peers: with these a restarted node is back within half a second, and an outsider gets in nowhere. */
export function peersToml(network: Network, own: Validator): string {
  const peers = network.validators.filter(({ number }) => number !== own.number).map(enodeUrl);
  const list = peers.map((peer) => `  ${JSON.stringify(peer)},`).join("\n");
  // Beyond loopback only where the others are.
  const listenHost = isLoopback(own.host) ? LOOPBACK : "";
  return `[Node.P2P]
ListenAddr = "${listenHost}:${own.p2pPort}"
DialRatio = 1
StaticNodes = [
${list}
]
TrustedNodes = [
${list}
]
`;
}

/** A node as its peers address it. */
export function enodeUrl({ nodeId, host, p2pPort }: Validator): string {
  return `enode://${nodeId}@${host}:${p2pPort}`;
}

/**
 * The arguments of a node.
 *
 * @param peersFrom The addresses that peers may have.
 */
export function startArguments(
  network: Network,
  validator: Validator,
  at: Layout,
  peersFrom = network.validators.every(({ host }) => host === LOOPBACK) ? "127.0.0.0/8" : "0.0.0.0/0",
): string[] {
  const { config, data, password, socket } = at.validator(validator.number);
  const flags: Record<string, string | number> = {
    config,
    datadir: data,
    networkid: network.chainId,
    // Beyond these nobody is let in but trusted peers, whom a vote adds.
    maxpeers: Math.max(network.validators.length - 1, 1),
    netrestrict: peersFrom,
    nat: "none",
    syncmode: "full",
    // Without it a killed node winds back to its genesis block, and look-ups by hash end after 27 days.
    gcmode: "archive",
    "history.transactions": 0,
    ipcpath: socket,
    "authrpc.port": validator.authPort,
    "authrpc.jwtsecret": `${dirname(config)}/jwt`,
    unlock: validator.address,
    password,
    "miner.etherbase": validator.address,
    "miner.gasprice": 1,
    "miner.gaslimit": network.gasLimit,
    "txpool.pricelimit": 1,
    "txpool.accountslots": POOL,
    "txpool.globalslots": POOL,
    "txpool.accountqueue": POOL,
    "txpool.globalqueue": POOL,
    verbosity: 3,
  };
  return ["--nodiscover", ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])];
}
