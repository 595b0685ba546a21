import type { JsonRpcError, JsonRpcPayload, JsonRpcResult, Provider } from "ethers";
import type { BlockId } from "../blockId.js";
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
  /** Calls as they are, where it can. @returns their answers, in any order. */
  _send?(calls: JsonRpcPayload[]): Promise<(JsonRpcResult | JsonRpcError)[]>;
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
    minedIn: async (number) => await readReceipts(provider, number),
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
    broadcast: async (raws, widely) => await broadcast(provider, raws, widely),
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
  number: number,
): Promise<ReadonlyMap<string, Mined> | undefined> {
  try {
    const [block, receipts] = await Promise.all([
      readBlock(provider, number),
      provider.send("eth_getBlockReceipts", [hex(number)]) as Promise<RawReceipt[] | null>,
    ]);
    // The chain can turn between the two.
    if (receipts === null || receipts.some(({ blockHash }) => blockHash !== block?.hash)) return undefined;
    return new Map(receipts.map((receipt) => [receipt.transactionHash, minedOf(receipt)]));
  } catch (error) {
    if (isNodeDown(error)) throw error;
    return undefined;
  }
}

async function broadcast(
  provider: RpcProvider & Partial<Wide>,
  raws: readonly string[],
  widely: boolean,
): Promise<readonly Answer[]> {
  const method = "eth_sendRawTransaction";
  if (widely && provider.broadcastWidely !== undefined) {
    return await Promise.all(raws.map(async (raw) => await judged(provider.broadcastWidely!(raw))));
  }
  // oxlint-disable-next-line no-underscore-dangle -- ethers' name
  if (provider._send === undefined) {
    return await Promise.all(raws.map(async (raw) => await judged(provider.send(method, [raw]))));
  }
  const calls = raws.map((raw, id) => ({ jsonrpc: "2.0" as const, id, method, params: [raw] }));
  // oxlint-disable-next-line no-underscore-dangle -- ethers' name
  const answers = await provider._send(calls);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return raws.map((_, id) => {
    const answer = byId.get(id);
    if (answer === undefined) return { taken: false, reason: "no answer" };
    return "error" in answer ? judgeAnswer(answer) : { taken: true };
  });
}

/** @throws if no node answers. */
async function judged(sent: Promise<unknown>): Promise<Answer> {
  try {
    await sent;
    return { taken: true };
  } catch (error) {
    if (isNodeDown(error)) throw error;
    return judgeAnswer(error);
  }
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
