import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import type { TransactionReceipt } from "ethers";
import { fundedWallets } from "./fundedWallets.js";
import type { FaultNetwork } from "./openFaultNetwork.js";

/** Sends go out in groups, this far apart. */
const GROUP_MILLISECONDS = 100;
const PLAIN_GAS = 21_000n;
const GAS_PRICE_WEI = 1_000_000_000n;
const LOOKS_AT_ONCE = 100;

interface Sender {
  readonly validator: number;
  readonly account: string;
  /** Signed transactions by nonce, and their hashes. */
  readonly raw: readonly string[];
  readonly hashes: string[];
}

/** A load of plain transactions: a sender at each of some validators, which sends on until its node has taken all. */
export class Load {
  private constructor(
    readonly net: FaultNetwork,
    readonly senders: readonly Sender[],
  ) {}

  /** Makes and funds the accounts, and signs all transactions: a second of it would be too slow under way. */
  static async prepare(net: FaultNetwork, validators: readonly number[], each: number): Promise<Load> {
    const wallets = await fundedWallets(net, validators);
    const senders: Sender[] = [];
    for (const [i, wallet] of wallets.entries()) {
      const raw: string[] = [];
      for (let nonce = 0; nonce < each; nonce++) {
        raw.push(
          await wallet.signTransaction({
            type: 0,
            chainId: net.network.chainId,
            nonce,
            to: wallet.address,
            gasLimit: PLAIN_GAS,
            gasPrice: GAS_PRICE_WEI,
          }),
        );
      }
      senders.push({ validator: validators[i]!, account: wallet.address, raw, hashes: [] });
    }
    return new Load(net, senders);
  }

  /** Sends all, so many a second of each sender; one whose node is away waits for it. */
  async run(perSecond: number): Promise<void> {
    const group = Math.round((perSecond * GROUP_MILLISECONDS) / 1000);
    await Promise.all(
      this.senders.map(async ({ validator, raw, hashes }) => {
        const provider = this.net.over(validator);
        while (hashes.length < raw.length) {
          const due = performance.now() + GROUP_MILLISECONDS;
          const next = raw.slice(hashes.length, hashes.length + group);
          const answers = await Promise.all(
            next.map(async (one) =>
              provider.send("eth_sendRawTransaction", [one]).catch((error: unknown) => error as Error),
            ),
          );
          // What was taken before the node went stands; the rest is sent again.
          for (const answer of answers) {
            if (typeof answer === "string") hashes.push(answer);
            else if (/already known/u.test(String(answer))) hashes.push("");
            else break;
          }
          await pause(Math.max(0, due - performance.now()));
        }
      }),
    );
  }

  /** How many transactions a validator has taken. */
  taken(validator: number): number {
    return this.senders.find((sender) => sender.validator === validator)!.hashes.length;
  }

  /** Whether every node has all that was sent in blocks. */
  async allIncluded(): Promise<boolean> {
    const counts = await Promise.all(
      this.net.network.validators.flatMap(({ number }) =>
        this.senders.map(({ account }) => this.net.over(number).getTransactionCount(account)),
      ),
    );
    return counts.every((count) => count === this.senders[0]!.raw.length);
  }

  /** Every transaction that a node took has its receipt. */
  async expectIncludedOnce(): Promise<void> {
    const hashes = this.senders.flatMap((sender) => sender.hashes.filter((hash) => hash !== ""));
    for (let i = 0; i < hashes.length; i += LOOKS_AT_ONCE) {
      const receipts: (TransactionReceipt | null)[] = await Promise.all(
        hashes.slice(i, i + LOOKS_AT_ONCE).map((hash) => this.net.over(1).getTransactionReceipt(hash)),
      );
      expect(receipts.map((receipt) => receipt?.status)).to.deep.equal(receipts.map(() => 1));
    }
  }
}
