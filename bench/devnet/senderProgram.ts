import { setTimeout as pause } from "node:timers/promises";
import { Wallet } from "ethers";
import { FailoverProvider } from "../../workers/chain/endpoints/failoverProvider.js";
import { SenderFullError } from "../../workers/chain/sending/errors.js";
import { providerAccess } from "../../workers/chain/sending/providerAccess.js";
import { Sender } from "../../workers/chain/sending/sender.js";
import { transactionSigner } from "../../workers/crypto/transactionSigner.js";
import { openStore } from "../../workers/store/openStore.js";
import { countInFlight } from "../../workers/store/sends.js";
import { DRAIN_SECONDS, GAS_PRICE, IN_FLIGHT } from "./signedLoad.js";
import { TRANSFER_GAS } from "./signTransfers.js";

/** Whose transactions it sends, where to. */
export interface SenderTerms {
  /** Path of its journal. */
  readonly database: string;
  readonly url: string;
  readonly chainId: number;
  readonly privateKey: string;
  readonly to: string;
  /** Blocks above a transaction's own by which it is confirmed. */
  readonly depth: number;
}

/** What it is told, one after another, and answers each with a `SenderAnswer`. */
export type SenderOrder =
  | { readonly order: "start"; readonly terms: SenderTerms }
  /** Until a time (`Date.now`). */
  | { readonly order: "send"; readonly deadline: number }
  | { readonly order: "drain" };

/** How many it has sent, or why not. */
export type SenderAnswer = { readonly sent: number } | { readonly error: string };

/** Calls that are given to the sender together, and how often at a time. */
const TOGETHER = 300;
const LANES = 2;
/** Pause between looks, and where there is no room, milliseconds. */
const POLL_MILLISECONDS = 100;
const REQUEST_MILLISECONDS = 60_000;
const MOST_LAG_BLOCKS = 8;
const STUCK_BLOCKS = 5;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  // Nobody reads it.
}

/** An account with the product's sender and a journal on disk. */
class Program {
  readonly #terms: SenderTerms;
  readonly #store;
  readonly #sender: Sender;
  #next = 0;
  sent = 0;

  constructor(terms: SenderTerms) {
    const { database, url, chainId, privateKey } = terms;
    const timeoutMilliseconds = REQUEST_MILLISECONDS;
    const endpoints = { urls: [url], chainId, timeoutMilliseconds, maxLagBlocks: MOST_LAG_BLOCKS };
    this.#terms = terms;
    this.#store = openStore(database);
    this.#sender = new Sender({
      store: this.#store,
      chain: providerAccess(new FailoverProvider(endpoints, quiet)),
      account: new Wallet(privateKey).address,
      sign: transactionSigner(privateKey),
      now: () => Date.now() / 1000,
      logger: quiet,
      settings: {
        chainId: BigInt(chainId),
        maxInFlight: IN_FLIGHT,
        stuckBlocks: STUCK_BLOCKS,
        fees: { price: GAS_PRICE, cap: GAS_PRICE },
      },
    });
  }

  /** Sends what there is room for, and looks beside: while some are on their way, the next are signed. */
  async send(deadline: number): Promise<void> {
    const until = async (turn: () => Promise<boolean>): Promise<void> => {
      while (Date.now() < deadline) if (!(await turn())) await pause(POLL_MILLISECONDS);
    };
    const look = async (): Promise<boolean> => {
      await this.#sender.look(this.#terms.depth);
      return false;
    };
    await Promise.all([until(look), ...Array.from({ length: LANES }, async () => await until(this.#fill))]);
  }

  /** @returns whether there was room. */
  readonly #fill = async (): Promise<boolean> => {
    const count = Math.min(Math.floor(this.#sender.room() / LANES), TOGETHER);
    const call = { to: this.#terms.to, data: "0x", gasLimit: BigInt(TRANSFER_GAS) };
    const calls = Array.from({ length: count }, () => ({ ...call, purpose: `transfer ${this.#next++}` }));
    try {
      if (count > 0) await this.#sender.sendAll(calls);
    } catch (error) {
      // A block that the chain lost gave its transactions back.
      if (error instanceof SenderFullError) return false;
      throw error;
    }
    this.sent += count;
    return count > 0;
  };

  /** Waits until all are in blocks. */
  async drain(): Promise<void> {
    const deadline = Date.now() + 1000 * DRAIN_SECONDS;
    for (;;) {
      await this.#sender.look(this.#terms.depth);
      const missing = countInFlight(this.#store);
      if (missing === 0) return;
      if (Date.now() > deadline) throw new Error(`${missing} transfers were not included`);
      await pause(POLL_MILLISECONDS);
    }
  }
}

let program: Program | undefined;

async function obey(order: SenderOrder): Promise<SenderAnswer> {
  try {
    if (order.order === "start") program = new Program(order.terms);
    else if (order.order === "send") await program!.send(order.deadline);
    else await program!.drain();
    return { sent: program!.sent };
  } catch (error) {
    return { error: String(error) };
  }
}

process.on("message", (order: SenderOrder) => {
  void obey(order).then((answer) => process.send!(answer));
});
// Nothing of it goes on without who started it.
process.on("disconnect", () => process.exit(0));
