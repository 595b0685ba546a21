import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { checkPorts } from "./checkPorts.js";
import type { Engine } from "./engines/types.js";
import { endReason } from "./endReason.js";
import { messageOf } from "../errors/messageOf.js";
import { DevnetError } from "./errors.js";
import { findValidator } from "./findValidator.js";
import { followOthers } from "./followOthers.js";
import { type Layout, layout } from "./layout.js";
import { localValidators } from "./localValidators.js";
import { ask, blockAt, onNode, peerCount } from "./nodeState.js";
import { isAlive, startDetached } from "./processes.js";
import { runningOf } from "./running.js";
import { servesChain } from "./servesChain.js";
import { makeSocketFolder } from "./socketFolder.js";
import type { Network, Validator } from "./types.js";
import { until } from "./until.js";

const run = promisify(execFile);

/**
 * Seconds that a network may take to mesh, to seal beyond twice the time in which its blocks are due, and to open its ports. Two
 * nodes that dial each other at the same moment may each turn the other's connection down for its own, and dial again only
 * after 35 s: room for two rounds of that.
 */
const MESH_SECONDS = 80;
const SEAL_SECONDS = 60;
const SERVE_SECONDS = 60;
/** Seconds that a keeper that runs may take to close the ports of nodes that ended. */
const CLOSE_SECONDS = 10;

/** Told how far the start is. */
export type Note = (text: string) => void;

/**
 * Starts those validators of a network on this machine that do not run, and waits until they seal on one chain. A client is
 * told to seal only once every node has all its peers, or of those on other machines enough for a majority, and the chain
 * that there is: one that begins alone may hold to a chain of its own.
 *
 * @throws DevnetError if no validator is on this machine, a port is taken, a node ends, or the network does not mesh or seal in time.
 */
export async function startNetwork(
  folder: string,
  network: Network,
  engine: Engine,
  note: Note,
): Promise<void> {
  const at = layout(folder);
  const running = await runningOf(folder, network);
  const awake = localValidators(at, network.validators);
  if (awake.length === 0) throw new DevnetError(`${at.root}: the keys of none of its validators are here`);
  const asleep = awake.filter(({ number }) => !running.validators.has(number));
  // The gates of those that run are to be opened again where the keeper ended.
  const unserved =
    engine.gated && running.keeper === undefined ? awake.filter((one) => !asleep.includes(one)) : [];
  await checkPorts(network, asleep, unserved, running.keeper === undefined ? 0 : CLOSE_SECONDS);
  if (!existsSync(at.genesis))
    writeFileSync(at.genesis, `${JSON.stringify(engine.genesis(network), undefined, 2)}\n`);
  await Promise.all(asleep.map((validator) => prepare(network, validator, at, engine)));
  const pids = new Map(asleep.map((validator) => [validator.number, launch(network, validator, at, engine)]));
  if (running.keeper === undefined) startKeeper(at, network);

  const isWhole = awake.length === network.validators.length;
  const wanted = Math.max(awake.length - 1, isWhole ? 0 : majorityPeers(network));
  const died = (): Validator | undefined => asleep.find(({ number }) => !isAlive(pids.get(number)!));
  await untilAlive(MESH_SECONDS, "mesh", at, died, async () => {
    const peers = await Promise.all(awake.map((validator) => ask(engine, validator, at, peerCount)));
    note(`peers ${peers.map((count) => count ?? "-").join(" ")}`);
    return peers.every((count) => count !== undefined && count >= wanted);
  });
  if (!isWhole) await followOthers(engine, awake, at);
  const before = await Promise.all(awake.map((validator) => headOf(engine, validator, at)));
  const highest = Math.max(...before.map((head) => head?.height ?? 0));
  await untilAlive(MESH_SECONDS, "agree on the chain that there is", at, died, async () => {
    const heads = await Promise.all(awake.map((validator) => headOf(engine, validator, at)));
    return heads.every((head) => head !== undefined && head.height >= highest);
  });
  for (const validator of awake) await onNode(engine, validator, at, (node) => engine.seal(node));
  const blocks = awake.length + 1;
  await untilAlive(SEAL_SECONDS + 2 * blocks * network.blockPeriodSeconds, "seal", at, died, async () => {
    const heads = await Promise.all(awake.map((validator) => headOf(engine, validator, at)));
    note(`blocks ${heads.map((head) => head?.height ?? "-").join(" ")}`);
    const low = Math.min(...heads.map((head) => head?.height ?? 0));
    return low >= highest + blocks && (await agreeAt(engine, awake, at, low));
  });
  await served(network, awake, at, engine);
}

/** Starts one validator of a network that runs; it seals once it has its peers and the others' chain. */
export async function startValidator(
  folder: string,
  network: Network,
  number: number,
  engine: Engine,
  note: Note,
): Promise<void> {
  const at = layout(folder);
  const validator = findValidator(network, number);
  const here = localValidators(at, network.validators);
  if (!here.includes(validator))
    throw new DevnetError(`validator ${number} is on another machine: its keys are not in ${at.root}`);
  const running = await runningOf(folder, network);
  if (running.validators.has(number)) throw new DevnetError(`validator ${number} runs already`);
  await checkPorts(network, [validator], [], running.keeper === undefined ? 0 : CLOSE_SECONDS);
  await prepare(network, validator, at, engine);
  const pid = launch(network, validator, at, engine);
  if (running.keeper === undefined) startKeeper(at, network);
  const isWhole = here.length === network.validators.length;
  const others = network.validators.filter((one) => running.validators.has(one.number));
  const wanted = Math.max(others.length, isWhole ? 0 : majorityPeers(network));
  const died = (): Validator | undefined => (isAlive(pid) ? undefined : validator);
  await untilAlive(MESH_SECONDS, "find its peers and follow the chain", at, died, async () => {
    const [peers, own, ...heads] = await Promise.all([
      ask(engine, validator, at, peerCount),
      headOf(engine, validator, at),
      ...others.map((other) => headOf(engine, other, at)),
    ]);
    note(
      `peers ${peers ?? "-"}, block ${own?.height ?? "-"} of ${Math.max(0, ...heads.map((head) => head?.height ?? 0))}`,
    );
    if (peers === undefined || own === undefined || peers < wanted) return false;
    return heads.every((head) => head === undefined || own.height + 1 >= head.height);
  });
  if (!isWhole) await followOthers(engine, [validator], at);
  await onNode(engine, validator, at, (node) => engine.seal(node));
  await served(network, [validator], at, engine);
}

/** Waits until the ports of validators on this machine serve the chain of their nodes. @throws DevnetError if one serves another. */
async function served(
  network: Network,
  validators: readonly Validator[],
  at: Layout,
  engine: Engine,
): Promise<void> {
  const ports = validators.map(({ rpcPort }) => rpcPort).join(", ");
  await until(SERVE_SECONDS, `no JSON-RPC on port ${ports}, see ${at.keeperLog},`, async () => {
    const calls = validators.map(async (validator) => {
      const genesis = await ask(engine, validator, at, (node) => blockAt(node, 0));
      if (genesis === undefined) return false;
      return servesChain({ host: "127.0.0.1", port: validator.rpcPort }, network.chainId, genesis.hash);
    });
    return (await Promise.all(calls)).every(Boolean);
  });
}

async function prepare(network: Network, validator: Validator, at: Layout, engine: Engine): Promise<void> {
  const { data } = at.validator(validator.number);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  makeSocketFolder(at.sockets);
  for (const [path, text] of engine.files(network, validator, at)) writeFileSync(path, text, { mode: 0o600 });
  const command = engine.initialise(network, validator, at);
  const made = join(data, ".initialised");
  if (command === undefined || existsSync(made)) return;
  try {
    await run(command.program, command.args);
  } catch (error) {
    const last = messageOf(error).trim().split("\n").at(-1);
    throw new DevnetError(`validator ${validator.number}: its database could not be made: ${last}`);
  }
  writeFileSync(made, "");
}

function launch(network: Network, validator: Validator, at: Layout, engine: Engine): number {
  const { log, socket } = at.validator(validator.number);
  rmSync(socket, { force: true });
  return startDetached(engine.start(network, validator, at), log);
}

/** Peers with which a node makes a majority of the validators. */
function majorityPeers({ validators }: Network): number {
  return Math.floor(validators.length / 2);
}

/** Gates, watchdog and health run as one program beside the nodes; where one validator alone is here, with its gate alone. */
function startKeeper(at: Layout, { validators }: Network): void {
  const main = fileURLToPath(new URL("keeper/main.ts", import.meta.url));
  const [first, ...others] = localValidators(at, validators);
  const only = first !== undefined && others.length === 0 && validators.length > 1 ? [`${first.number}`] : [];
  startDetached(
    { program: process.execPath, args: ["--import", "tsx", main, at.root, ...only] },
    at.keeperLog,
  );
}

async function headOf(engine: Engine, validator: Validator, at: Layout) {
  return ask(engine, validator, at, (node) => blockAt(node));
}

/** Whether all nodes have the same block at a height. */
async function agreeAt(
  engine: Engine,
  validators: readonly Validator[],
  at: Layout,
  height: number,
): Promise<boolean> {
  const blocks = await Promise.all(
    validators.map((validator) => ask(engine, validator, at, (node) => blockAt(node, height))),
  );
  return new Set(blocks.map((block) => block?.hash)).size === 1;
}

/** As `until`, and ends at once if a node that was started does. */
async function untilAlive(
  seconds: number,
  what: string,
  at: Layout,
  died: () => Validator | undefined,
  holds: () => Promise<boolean>,
): Promise<void> {
  await until(seconds, `the network did not ${what}, see the logs in ${at.root},`, async () => {
    if (await holds()) return true;
    const dead = died();
    if (dead !== undefined) {
      const { log } = at.validator(dead.number);
      throw new DevnetError(
        `validator ${dead.number} ended: ${endReason(log) ?? "without a log"}; see ${log}`,
      );
    }
    return false;
  });
}
