import { id, Transaction } from "ethers";
import type { BlockId } from "../../../../workers/chain/blockId.js";
import type { Finality } from "../../../../workers/finality/types.js";
import type { Answer, ChainAccess, Head, Mined } from "../../../../workers/chain/sending/types.js";

/** A transaction in a block of the fake chain. */
interface Placed {
  readonly transaction: Transaction | undefined;
  readonly hash: string;
  readonly succeeded: boolean;
}

interface FakeBlock extends BlockId {
  readonly placed: readonly Placed[];
}

/** Thrown where the node does not answer. */
class Unreachable extends Error {
  readonly code = "NETWORK_ERROR";
}

/** The process was killed: nothing of it goes on, whatever it makes of other errors. */
export class Killed extends Unreachable {}

const POOR = "insufficient funds for gas * price + value";

function refuse(reason: string, hopeless = false): Answer {
  return { taken: false, hopeless, unpaid: reason === POOR, reason };
}

/**
 * A chain with one account and one node, that turns to other branches, loses what it was given, is out of reach, and
 * mines whatever anyone ever saw of the account: a transaction that left the process can come into a block at any time.
 */
export class FakeChain {
  readonly blocks: FakeBlock[] = [{ number: 0, hash: id("genesis"), placed: [] }];
  /** What the node has waiting, by nonce. */
  readonly #pool = new Map<number, Transaction>();
  /** What any node ever saw. */
  readonly #seen = new Map<string, Transaction>();
  #branch = 0;
  /** The highest head there ever was: forks reach no deeper than `depth` below it. */
  #highest = 0;
  baseFee = 0n;
  /** Receipts that it is asked for by hash, and does not find. */
  blind = 0;
  /** Whether it gives all receipts of a block at once. */
  servesBlocks = true;
  /** Requests that fail from now on. */
  unreachable = 0;
  /** Requests until the process is killed. */
  killAfter: number | undefined;
  /** Data that no node takes. */
  readonly hopeless = new Set<string>();
  /** Whether the account can pay for nothing. */
  poor = false;

  constructor(readonly depth: number) {}

  get head(): FakeBlock {
    return this.blocks.at(-1)!;
  }

  /** How many transactions of the account the chain has. */
  count(at = this.head.number): number {
    return this.blocks.slice(0, at + 1).reduce((sum, { placed }) => sum + placed.length, 0);
  }

  /** How often each data took effect. */
  effects(): Map<string, number> {
    const found = new Map<string, number>();
    for (const { placed } of this.blocks) {
      for (const { transaction, succeeded } of placed) {
        if (transaction === undefined || !succeeded) continue;
        found.set(transaction.data, (found.get(transaction.data) ?? 0) + 1);
      }
    }
    return found;
  }

  /**
   * Makes a block.
   *
   * @param most Transactions in it.
   * @param options `lurking`: it takes what any node ever saw, the oldest first, rather than what waits in this one;
   *   `reverting`: its first transaction reverts; `foreign`: the account's next nonce goes to other hands first.
   */
  mine(
    most: number,
    options: {
      readonly lurking?: boolean;
      readonly reverting?: boolean;
      readonly foreign?: boolean;
      readonly losing?: boolean;
    } = {},
  ): void {
    const number = this.blocks.length;
    const placed: Placed[] = [];
    let next = this.count();
    if (options.foreign === true) {
      placed.push({ transaction: undefined, hash: id(`foreign ${this.#branch} ${number}`), succeeded: true });
      this.#pool.delete(next++);
    }
    const all = [...this.#seen.values()];
    while (placed.length < most) {
      const wanted = next;
      const candidate =
        options.lurking === true
          ? all.find((one) => one.nonce === wanted && this.#pays(one))
          : this.#pool.get(wanted);
      if (candidate === undefined || !this.#pays(candidate)) break;
      const succeeded = !(options.reverting === true && placed.length === 0);
      placed.push({ transaction: candidate, hash: candidate.hash!, succeeded });
      this.#pool.delete(next++);
    }
    for (const nonce of this.#pool.keys()) if (nonce < next) this.#pool.delete(nonce);
    this.blocks.push({ number, hash: id(`block ${this.#branch} ${number} ${this.head.hash}`), placed });
    this.#highest = Math.max(this.#highest, number);
  }

  /** Turns to another branch. @param keep Whether what the lost blocks held waits again. */
  fork(blocks: number, keep: boolean): void {
    const floor = Math.max(0, this.#highest - this.depth);
    const to = Math.max(floor, this.head.number - blocks);
    this.#branch++;
    for (const { placed } of this.blocks.splice(to + 1)) {
      for (const { transaction } of placed) {
        if (keep && transaction !== undefined) this.#pool.set(transaction.nonce, transaction);
      }
    }
  }

  /** The node forgets what waits. */
  restart(): void {
    this.#pool.clear();
  }

  access(): ChainAccess {
    const asked = <T>(answer: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        if (this.killAfter !== undefined && this.killAfter-- <= 0) reject(new Killed());
        else if (this.unreachable > 0) {
          this.unreachable--;
          reject(new Unreachable("nobody there"));
        } else resolve(answer());
      });
    return {
      head: () => asked((): Head => ({ ...this.head, baseFee: this.baseFee, gasLimit: 30_000_000n })),
      block: (number) => asked(() => this.blocks[number]),
      count: (_, at) =>
        asked(() => (at === "pending" ? this.#pending() : this.count(at === "latest" ? undefined : at))),
      mined: (hash) => asked(() => (this.blind > 0 && this.blind-- > 0 ? undefined : this.#mined(hash))),
      minedIn: (number) =>
        asked(() => {
          const block = this.blocks[number];
          if (block === undefined || !this.servesBlocks) return undefined;
          return new Map(block.placed.map((one) => [one.hash, this.#mined(one.hash)!]));
        }),
      estimateGas: () => asked(() => 21_000n),
      suggestedPrice: () => asked(() => 1n),
      broadcast: (raws) => asked(() => raws.map((raw) => this.#take(Transaction.from(raw)))),
    };
  }

  /** Final is what lies deeper than any fork reaches. */
  finality(): Finality {
    const final = (): number => this.#highest - this.depth - 1;
    return {
      latest: () => Promise.resolve(this.blocks[final()]),
      isFinal: ({ number, hash }) => Promise.resolve(number <= final() && this.blocks[number]?.hash === hash),
    };
  }

  #pending(): number {
    let next = this.count();
    while (this.#pool.has(next)) next++;
    return next;
  }

  #mined(hash: string): Mined | undefined {
    for (const { placed, ...block } of this.blocks) {
      const found = placed.find((one) => one.hash === hash);
      if (found !== undefined) return { block, succeeded: found.succeeded, gasUsed: 21_000n };
    }
    return undefined;
  }

  #take(transaction: Transaction): Answer {
    if (this.hopeless.has(transaction.data)) return refuse("oversized data", true);
    if (transaction.nonce < this.count()) return refuse("nonce too low");
    if (this.poor) return refuse(POOR);
    this.#seen.set(transaction.hash!, transaction);
    const waiting = this.#pool.get(transaction.nonce);
    if (waiting?.hash === transaction.hash) return { taken: true };
    if (waiting !== undefined && transaction.maxFeePerGas! * 100n < waiting.maxFeePerGas! * 110n) {
      return refuse("replacement transaction underpriced");
    }
    this.#pool.set(transaction.nonce, transaction);
    return { taken: true };
  }

  #pays({ maxFeePerGas, maxPriorityFeePerGas }: Transaction): boolean {
    return maxFeePerGas! >= this.baseFee && maxPriorityFeePerGas! > 0n;
  }
}
