import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { besuCompose, containerNetwork } from "./besuCompose.js";
import { besuFiles } from "./engines/besuQbft.js";
import { cliqueGenesis } from "./engines/cliqueGenesis.js";
import { peersToml, startArguments } from "./engines/cliqueGeth.js";
import { qbftGenesis } from "./engines/qbftGenesis.js";
import { DevnetError } from "./errors.js";
import { checkHosts } from "./hosts.js";
import { SYNC_SECONDS } from "./followOthers.js";
import { CARRIED_SOCKETS, layout } from "./layout.js";
import type { Network, Validator } from "./types.js";

/**
 * Writes a network into folders to carry to other machines, one for each operator: genesis block, its validator's keys, its
 * peers, how to start it; and its account. For QBFT with a compose file beside them.
 *
 * @param hosts Where the validators will be, by number; as they are now if left out.
 * @throws DevnetError if the target exists, there are not as many hosts as validators, or one is none.
 */
export function exportNetwork(
  folder: string,
  network: Network,
  target: string,
  hosts?: readonly string[],
): string[] {
  if (existsSync(target)) throw new DevnetError(`${target}: exists; an export goes into a new folder`);
  if (hosts !== undefined && hosts.length !== network.validators.length)
    throw new DevnetError(`${hosts.length} hosts for ${network.validators.length} validators`);
  checkHosts(hosts ?? []);
  const placed: Network = {
    ...network,
    validators: network.validators.map((validator, i) => ({
      ...validator,
      host: hosts?.[i] ?? validator.host,
    })),
  };
  return network.engine === "clique"
    ? exportClique(folder, placed, target)
    : exportQbft(folder, placed, target);
}

function exportClique(folder: string, network: Network, target: string): string[] {
  const from = layout(folder);
  return network.validators.map((validator) => {
    const own = join(target, validator.name);
    mkdirSync(join(own, CARRIED_SOCKETS), { recursive: true, mode: 0o700 });
    const to = layout(own);
    const files = from.validator(validator.number);
    const placed = to.validator(validator.number);
    copyPrivate(files.keystore, placed.keystore);
    copyPrivate(files.password, placed.password);
    copyPrivate(files.nodeKey, placed.nodeKey);
    const operator = validator.operator ?? validator.number;
    copyPrivate(from.operatorKeystore(operator), to.operatorKeystore(operator));
    copyPrivate(from.operatorPassword(operator), to.operatorPassword(operator));
    write(
      to.genesis,
      genesisOf(folder, () => cliqueGenesis(network)),
    );
    write(to.network, json(network));
    write(placed.config, peersToml(network, validator));
    // Relative to where the folder will lie.
    const here = (text: string): string => text.replaceAll(`${to.root}/`, "");
    const args = startArguments(network, validator, to, "0.0.0.0/0").map(here);
    const peers = network.validators.length - 1;
    write(
      join(own, `${validator.name}.service`),
      serviceFile(validator, args, here(placed.data), here(placed.socket), peers),
    );
    write(join(own, `${validator.name}-keeper.service`), keeperService(validator));
    return own;
  });
}

function exportQbft(folder: string, network: Network, target: string): string[] {
  const from = layout(folder);
  const inside = containerNetwork(network);
  write(
    join(target, "genesis.json"),
    genesisOf(folder, () => qbftGenesis(network)),
  );
  write(join(target, "compose.yaml"), besuCompose(network));
  return network.validators.map(({ number, operator = number }) => {
    const own = join(target, `validator-${number}`);
    copyPrivate(from.validator(number).nodeKey, join(own, "nodekey"));
    copyPrivate(from.operatorKeystore(operator), join(own, "operator.json"));
    copyPrivate(from.operatorPassword(operator), join(own, "operator.password"));
    const files = besuFiles(inside, {
      genesis: "",
      data: "",
      nodeKey: "",
      staticNodes: join(own, "static-nodes.json"),
      permissions: join(own, "permissions.toml"),
    });
    for (const [path, text] of files) write(path, text);
    return own;
  });
}

/** The genesis block of a network that was started, whoever joined or left since; else what it would be. */
function genesisOf(folder: string, make: () => object): string {
  const { genesis } = layout(folder);
  return existsSync(genesis) ? readFileSync(genesis, "utf8") : json(make());
}

/** Seconds for which a node that has a majority with its peers waits for the rest; a lost peer is dialled again within. */
const PEER_SECONDS = 45;

/**
 * A unit for systemd; the folder is carried to /var/lib/gridproof. The node seals only once it makes a majority with its
 * peers, has waited a while for the rest, and has their chain: one that begins alone may hold to a chain of its own. Were all
 * needed, one that is down would keep another that starts from sealing.
 */
function serviceFile(
  { name }: Validator,
  args: readonly string[],
  data: string,
  socket: string,
  peers: number,
): string {
  const most = Math.floor((peers + 1) / 2);
  // Without a dollar sign, which systemd would take for its own.
  const wait = `for (n = 0; n < ${PEER_SECONDS} && admin.peers.length < ${peers}; n++) admin.sleep(1)`;
  const has = `${wait}; admin.peers.length >= ${most}`;
  const seal = "!eth.syncing && miner.start() === null";
  const home = `/var/lib/gridproof/${name}`;
  const quoted = args.map((arg) => (/[\s"]/u.test(arg) ? JSON.stringify(arg) : arg)).join(" ");
  return `[Unit]
Description=GridProof ${name}
After=network-online.target
Wants=network-online.target

[Service]
User=gridproof
WorkingDirectory=${home}
ExecStartPre=/bin/sh -c 'test -d ${data}/geth/chaindata || geth init --datadir ${data} genesis.json'
ExecStart=/usr/bin/env geth ${quoted}
ExecStartPost=/bin/sh -c '${untilTrue(has, socket)}; sleep ${SYNC_SECONDS}; ${untilTrue(seal, socket)}'
TimeoutStartSec=infinity
Restart=on-failure
UMask=0077

[Install]
WantedBy=multi-user.target
`;
}

/**
 * A unit for the keeper beside the node: JSON-RPC, health, metrics. The project is at /opt/gridproof. It does not wait for
 * the node to seal: while that waits for its peers, the keeper says so.
 */
function keeperService({ name, number }: Validator): string {
  return `[Unit]
Description=GridProof keeper of ${name}

[Service]
User=gridproof
WorkingDirectory=/opt/gridproof
ExecStart=/opt/gridproof/node_modules/.bin/node --import tsx workers/devnet/keeper/main.ts /var/lib/gridproof/${name} ${number}
Restart=on-failure
UMask=0077

[Install]
WantedBy=multi-user.target
`;
}

/** A shell command that asks a node until something holds. */
function untilTrue(expression: string, socket: string): string {
  return `until geth attach --exec "${expression}" ${socket} 2>/dev/null | grep -q true; do sleep 1; done`;
}

function copyPrivate(from: string, to: string): void {
  if (!existsSync(from)) throw new DevnetError(`${from}: is not there`);
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  // With the mode of the file: 0600.
  copyFileSync(from, to);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text);
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
