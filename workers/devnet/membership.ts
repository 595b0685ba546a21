import { existsSync } from "node:fs";
import type { Engine, NodeConnection } from "./engines/types.js";
import { createOperator, createValidator, PORTS } from "./createNetwork.js";
import { DevnetError } from "./errors.js";
import { findValidator } from "./findValidator.js";
import { type Layout, layout } from "./layout.js";
import { onNode } from "./nodeState.js";
import { runningOf } from "./running.js";
import { sealerFor } from "./sealerFor.js";
import { type Note, startValidator } from "./startNetwork.js";
import { stopValidator } from "./stopNetwork.js";
import type { Network, Validator } from "./types.js";
import { until } from "./until.js";
import { writeNetwork } from "./writeNetwork.js";

/** Who joined a network. */
export interface Joined {
  /** The network as it is from now on. */
  readonly network: Network;
  readonly validator: Validator;
  /** Whom it seals for. */
  readonly operator: Network["operators"][number];
}

/** Seconds that a vote on a validator may take. */
const VOTE_SECONDS = 90;

/**
 * Adds a validator to a network that runs: makes its keys, lets its node in, has it follow the chain, and has more than half
 * of the validators vote for it, each on its own node. Every vote is taken back once it has passed.
 *
 * @param operatorNumber The operator that it is one more validator of, as when it changes its validator's key. Left out, a
 *   new operator comes with it, whose account holds nothing yet.
 * @throws DevnetError if there is no such operator, too few validators run, or the vote does not pass in time.
 */
export async function addValidator(
  folder: string,
  network: Network,
  engine: Engine,
  note: Note,
  operatorNumber?: number,
): Promise<Joined> {
  const at = layout(folder);
  const owner = operatorNumber ?? network.operators.length + 1;
  if (operatorNumber !== undefined) sealerFor(network, operatorNumber);
  const voters = await voting(folder, network, network.validators.length);
  const number = unusedNumber(at, network);
  const firstPort = Math.max(...network.validators.map(({ rpcPort }) => rpcPort)) + PORTS;
  const made = await createValidator(at, number, network.engine, firstPort);
  const validator = owner === number ? made : { ...made, operator: owner };
  const operator = network.operators[owner - 1] ?? (await createOperator(at, owner));
  const grown: Network = {
    ...network,
    validators: [...network.validators, validator],
    operators: operatorNumber === undefined ? [...network.operators, operator] : network.operators,
  };
  writeNetwork(folder, grown);
  await onNodes(engine, voters, at, (node) => engine.setPeer(node, validator, true));
  await startValidator(folder, grown, number, engine, note);
  await decide(engine, voters, at, validator.address, true);
  return { network: grown, validator, operator };
}

/** The next number that no validator has, or had: the keys of those that were voted out are kept. */
function unusedNumber(at: Layout, { validators }: Network): number {
  let number = Math.max(...validators.map((one) => one.number)) + 1;
  while (existsSync(at.validator(number).data)) number++;
  return number;
}

/**
 * Takes a validator out of a network that runs, as when its operator was expelled: more than half of the validators vote it
 * out, its node is stopped if it runs here, and no node accepts it as a peer again.
 *
 * @returns The network as it is from now on.
 * @throws DevnetError if there is no such validator, too few run, or the vote does not pass in time.
 */
export async function removeValidator(
  folder: string,
  network: Network,
  number: number,
  engine: Engine,
): Promise<Network> {
  const at = layout(folder);
  const gone = findValidator(network, number);
  const left = { ...network, validators: network.validators.filter((one) => one !== gone) };
  const voters = await voting(folder, left, network.validators.length);
  await decide(engine, voters, at, gone.address, false);
  if ((await runningOf(folder, network)).validators.has(number)) await stopValidator(folder, network, number);
  await onNodes(engine, voters, at, (node) => engine.setPeer(node, gone, false));
  writeNetwork(folder, left);
  return left;
}

/** The validators that run, of whom more than half of all there are must. */
async function voting(folder: string, network: Network, all: number): Promise<Validator[]> {
  const running = await runningOf(folder, network);
  const voters = network.validators.filter(({ number }) => running.validators.has(number));
  const needed = Math.floor(all / 2) + 1;
  if (voters.length < needed)
    throw new DevnetError(`${voters.length} validators run; ${needed} of ${all} must, to vote`);
  return voters;
}

/** Has every voter vote, waits until the vote has passed everywhere, and takes the votes back. */
async function decide(
  engine: Engine,
  voters: readonly Validator[],
  at: Layout,
  account: string,
  toSeal: boolean,
): Promise<void> {
  const sought = account.toLowerCase();
  await onNodes(engine, voters, at, (node) => engine.vote(node, account, toSeal));
  try {
    await until(
      VOTE_SECONDS,
      `the validators did not ${toSeal ? "take in" : "put out"} ${account}`,
      async () => {
        const lists = await onNodes(engine, voters, at, (node) => engine.sealers(node));
        return lists.every((list) => list.some((one) => one.toLowerCase() === sought) === toSeal);
      },
    );
  } finally {
    await onNodes(engine, voters, at, (node) => engine.forget(node, account));
  }
}

async function onNodes<T>(
  engine: Engine,
  validators: readonly Validator[],
  at: Layout,
  use: (node: NodeConnection) => Promise<T>,
): Promise<T[]> {
  return await Promise.all(validators.map((validator) => onNode(engine, validator, at, use)));
}
