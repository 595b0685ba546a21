import type { Layout } from "../layout.js";
import type { Network, Validator } from "../types.js";

/** A program and its arguments. No argument is a secret. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** What the launcher has to know of a client. */
export interface Engine {
  /** The genesis block, as the client reads it. */
  genesis(network: Network): object;
  /** Files that the client reads beside it, by path: peers, permissions. */
  files(network: Network, validator: Validator, at: Layout): ReadonlyMap<string, string>;
  /** What makes the client's database from the genesis block, once; none if starting does. */
  initialise(network: Network, validator: Validator, at: Layout): Command | undefined;
  /** What runs a node. */
  start(network: Network, validator: Validator, at: Layout): Command;
}
