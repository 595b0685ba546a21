import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SigningKey, Wallet } from "ethers";
import { createKeystore } from "../crypto/keystore.js";
import { DevnetError } from "./errors.js";
import { defaultHealthPort } from "./healthPort.js";
import { type Layout, layout } from "./layout.js";
import type { Network, Validator } from "./types.js";
import { clearUnfinished, makingFolder } from "./unfinished.js";
import { writeNetwork } from "./writeNetwork.js";

/** What there is to choose of a network. */
export interface NetworkOptions {
  readonly tier: string;
  readonly engine: Network["engine"];
  readonly validators: number;
  readonly chainId: number;
  readonly blockPeriodSeconds: number;
  readonly gasLimit: number;
  /** The first of the ports: three for each validator. */
  readonly basePort: number;
}

/**
 * Passwords are 32 random bytes beside the keystore, so that stretching them is no protection; geth reads a keystore of
 * this cost at once.
 */
const KEYSTORE_COST = { scryptN: 4096 } as const;

/**
 * Makes the keys of a network and writes down what it is: a sealing account and a node key for each validator, an account
 * for its operator. Keys lie in encrypted keystores of mode 0600, their passwords in files of mode 0600 beside them.
 *
 * The folder comes to be whole or not at all: who is killed in between leaves nothing that a later attempt stumbles over.
 *
 * @throws DevnetError if there is a network in the folder, or anything else.
 */
export async function createNetwork(folder: string, options: NetworkOptions): Promise<Network> {
  const { root, network: file } = layout(folder);
  if (existsSync(file)) throw new DevnetError(`${folder}: there is a network; devnet reset deletes it`);
  if (existsSync(root) && readdirSync(root).length > 0)
    throw new DevnetError(
      `${folder}: there is something, and no network; name a new folder, or devnet reset`,
    );
  mkdirSync(dirname(root), { recursive: true });
  clearUnfinished(root);
  const making = makingFolder(root, process.pid);
  mkdirSync(making, { mode: 0o700 });
  const network = await makeNetwork(making, options);
  try {
    renameSync(making, root);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (existsSync(file)) throw new DevnetError(`${folder}: another program made a network there`);
    throw error;
  }
  return network;
}

async function makeNetwork(folder: string, options: NetworkOptions): Promise<Network> {
  const at = layout(folder);
  const validators: Validator[] = [];
  const operators: Network["operators"][number][] = [];
  for (let number = 1; number <= options.validators; number++) {
    validators.push(
      await createValidator(at, number, options.engine, options.basePort + PORTS * (number - 1)),
    );
    operators.push(await createOperator(at, number));
  }
  const { tier, engine, chainId, blockPeriodSeconds, gasLimit } = options;
  const network: Network = {
    format: "gridproof-devnet/1",
    tier,
    engine,
    chainId,
    blockPeriodSeconds,
    gasLimit,
    healthPort: defaultHealthPort(options.basePort),
    validators,
    operators,
  };
  writeNetwork(folder, network);
  return network;
}

/** Ports of a validator. */
export const PORTS = 3;

/** Makes the keys of one validator. */
export async function createValidator(
  at: Layout,
  number: number,
  engine: Network["engine"],
  firstPort: number,
): Promise<Validator> {
  const files = at.validator(number);
  const nodeKey = randomBytes(32);
  // A Clique validator seals with an account, a QBFT validator with its node key.
  const sealer =
    engine === "clique"
      ? await storeKey(files.keystore, files.password)
      : new Wallet(`0x${nodeKey.toString("hex")}`);
  writePrivate(files.nodeKey, nodeKey.toString("hex"));
  return {
    number,
    name: `validator-${number}`,
    address: sealer.address,
    nodeId: new SigningKey(nodeKey).publicKey.slice(4),
    host: "127.0.0.1",
    rpcPort: firstPort,
    p2pPort: firstPort + 1,
    authPort: firstPort + 2,
  };
}

/** Makes the account of one operator. */
export async function createOperator(at: Layout, number: number): Promise<Network["operators"][number]> {
  const { address } = await storeKey(at.operatorKeystore(number), at.operatorPassword(number));
  return { name: `Operator ${number}`, address };
}

async function storeKey(keystore: string, passwordFile: string): Promise<Wallet> {
  const wallet = new Wallet(`0x${randomBytes(32).toString("hex")}`);
  const password = randomBytes(32).toString("hex");
  writePrivate(passwordFile, `${password}\n`);
  mkdirSync(dirname(keystore), { recursive: true, mode: 0o700 });
  await createKeystore(keystore, wallet, password, KEYSTORE_COST);
  return wallet;
}

/** Writes a file that its owner alone may read. */
function writePrivate(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, content, { mode: 0o600, flag: "wx" });
}
