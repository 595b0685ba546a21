import { encodeRlp, keccak256, toBeArray, toBigInt } from "ethers";

/** A block as JSON-RPC gives it. */
export type RpcBlock = Readonly<Record<string, unknown>>;

/** The fields of a header in their order; those after the nonce came with hard forks and may be absent. */
const FIELDS = [
  ["parentHash", "bytes"],
  ["sha3Uncles", "bytes"],
  ["miner", "bytes"],
  ["stateRoot", "bytes"],
  ["transactionsRoot", "bytes"],
  ["receiptsRoot", "bytes"],
  ["logsBloom", "bytes"],
  ["difficulty", "number"],
  ["number", "number"],
  ["gasLimit", "number"],
  ["gasUsed", "number"],
  ["timestamp", "number"],
  ["extraData", "bytes"],
  ["mixHash", "bytes"],
  ["nonce", "bytes"],
  ["baseFeePerGas", "number"],
  ["withdrawalsRoot", "bytes"],
] as const;

/**
 * The RLP of a block's header, from the block as a node gives it.
 *
 * @returns hexadecimal; undefined if it does not hash to the block's hash: a field is missing, or of a fork not known here.
 */
export function headerBytes(block: RpcBlock): string | undefined {
  const items = FIELDS.flatMap(([name, kind]) => {
    const value = block[name];
    if (typeof value !== "string") return [];
    return [kind === "number" ? toBeArray(toBigInt(value)) : value];
  });
  const header = encodeRlp(items);
  return keccak256(header) === block.hash ? header : undefined;
}
