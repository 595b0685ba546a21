import type { Provider } from "ethers";
import type { BlockId } from "../../finality/types.js";
import { isNodeDown } from "../isNodeDown.js";
import { judgeAnswer } from "./judgeAnswer.js";
import type { Answer, ChainAccess, Head, Mined } from "./types.js";

interface RawBlock {
  readonly number: string;
  readonly hash: string;
  readonly baseFeePerGas?: string | null;
  readonly gasLimit: string;
}

interface RawReceipt {
  readonly transactionHash: string;
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly status: string;
  readonly gasUsed: string;
}

/** A node behind JSON-RPC. */
export interface RpcProvider extends Provider {
  send(method: string, parameters: unknown[]): Promise<unknown>;
}

/** A provider that can give a transaction to several nodes at once. */
interface Wide {
  /** @throws if none took it. */
  broadcastWidely(raw: string): Promise<void>;
}

/** A chain as a sender sees it, over JSON-RPC. Calls that are made together go as one request. */
export function providerAccess(provider: RpcProvider): ChainAccess {
  return {
    head: async () => await readHead(provider),
    block: async (number) => await readBlock(provider, number),
    count: async (account, at) =>
      Number(
        await provider.send("eth_getTransactionCount", [account, typeof at === "number" ? hex(at) : at]),
      ),
    mined: async (hash) => {
      const receipt = (await provider.send("eth_getTransactionReceipt", [hash])) as RawReceipt | null;
      return receipt === null ? undefined : minedOf(receipt);
    },
    minedIn: async (block) => await readReceipts(provider, block),
    estimateGas: async (call) => await provider.estimateGas(call),
    suggestedPrice: async (baseFee) => {
      if (baseFee === undefined) return BigInt((await provider.send("eth_gasPrice", [])) as string);
      try {
        return BigInt((await provider.send("eth_maxPriorityFeePerGas", [])) as string);
      } catch (error) {
        if (isNodeDown(error)) throw error;
        // A node without an opinion: whatever its pool takes.
        return 0n;
      }
    },
    broadcast: async (raw, widely) => await broadcast(provider, raw, widely),
  };
}

async function readHead(provider: RpcProvider): Promise<Head> {
  const block = (await provider.send("eth_getBlockByNumber", ["latest", false])) as RawBlock;
  return {
    number: Number(block.number),
    hash: block.hash,
    baseFee: block.baseFeePerGas == null ? undefined : BigInt(block.baseFeePerGas),
    gasLimit: BigInt(block.gasLimit),
  };
}

async function readBlock(provider: RpcProvider, number: number): Promise<BlockId | undefined> {
  const block = (await provider.send("eth_getBlockByNumber", [hex(number), false])) as RawBlock | null;
  return block === null ? undefined : { number: Number(block.number), hash: block.hash };
}

function minedOf({ blockNumber, blockHash, status, gasUsed }: RawReceipt): Mined {
  return {
    block: { number: Number(blockNumber), hash: blockHash },
    succeeded: BigInt(status) === 1n,
    gasUsed: BigInt(gasUsed),
  };
}

async function readReceipts(
  provider: RpcProvider,
  { number, hash }: BlockId,
): Promise<ReadonlyMap<string, Mined> | undefined> {
  try {
    const receipts = (await provider.send("eth_getBlockReceipts", [hex(number)])) as RawReceipt[] | null;
    if (receipts === null || receipts.some(({ blockHash }) => blockHash !== hash)) return undefined;
    return new Map(receipts.map((receipt) => [receipt.transactionHash, minedOf(receipt)]));
  } catch (error) {
    if (isNodeDown(error)) throw error;
    return undefined;
  }
}

async function broadcast(
  provider: RpcProvider & Partial<Wide>,
  raw: string,
  widely: boolean,
): Promise<Answer> {
  try {
    if (widely && provider.broadcastWidely !== undefined) await provider.broadcastWidely(raw);
    else await provider.send("eth_sendRawTransaction", [raw]);
    return { taken: true };
  } catch (error) {
    if (isNodeDown(error)) throw error;
    return judgeAnswer(error);
  }
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
