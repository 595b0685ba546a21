import type { Party, Recovery, RecoveryFiles } from "../deadlock/recover.js";
import type { NodeSnapshot } from "../deadlock/types.js";
import type { Layout } from "../layout.js";
import type { Network, Validator } from "../types.js";

/** A program and its arguments. No argument is a secret. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** A node that answers calls. */
export interface NodeConnection {
  /** @throws RpcError if the node answers with an error, or goes away. */
  call<T>(method: string, params?: readonly unknown[]): Promise<T>;
  close(): void;
}

/** What sees and mends a deadlock: sealers that wait for one another for ever, where a client's consensus knows that. */
export interface DeadlockCare {
  /** How a validator's node stands. */
  snapshot(node: NodeConnection, validator: Validator): Promise<Omit<NodeSnapshot, "stillSeconds">>;
  /** Brings the nodes to one head, and loses no transaction. @throws DevnetError if one does not come there. */
  recover(parties: readonly Party[], files: RecoveryFiles): Promise<Recovery>;
}

/** What the launcher has to know of a client. */
export interface Engine {
  /** Whether a gate stands before the node, which then serves nobody on a port itself, but who has its secret: it holds a key that a call could use. */
  readonly gated: boolean;
  /** Undefined where sealers cannot deadlock. */
  readonly deadlocks: DeadlockCare | undefined;
  /** Reaches a node for what the launcher asks of it. @throws where it does not answer. */
  connect(validator: Validator, at: Layout): Promise<NodeConnection>;
  /** Has a node that has its peers and the chain take part in sealing. */
  seal(node: NodeConnection): Promise<void>;
  /** The account that sealed a block. */
  sealerOf(node: NodeConnection, height: number): Promise<string>;
  /** The accounts that seal, as a node knows them. */
  sealers(node: NodeConnection): Promise<readonly string[]>;
  /** Has a node vote for an account to seal, or to seal no more, until `forget`. */
  vote(node: NodeConnection, account: string, toSeal: boolean): Promise<void>;
  /** Has a node vote no more: a vote that stays comes back when the account's standing changes again. */
  forget(node: NodeConnection, account: string): Promise<void>;
  /** Lets a peer in beyond the list that a node was started with, or drops one of it. */
  setPeer(node: NodeConnection, peer: Validator, admitted: boolean): Promise<void>;
  /** The genesis block, as the client reads it. */
  genesis(network: Network): object;
  /** Files that the client reads beside it, by path: peers, permissions. */
  files(network: Network, validator: Validator, at: Layout): ReadonlyMap<string, string>;
  /** What makes the client's database from the genesis block, once; none if starting does. */
  initialise(network: Network, validator: Validator, at: Layout): Command | undefined;
  /** What runs a node. */
  start(network: Network, validator: Validator, at: Layout): Command;
}
