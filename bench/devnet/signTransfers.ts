import { getBytes, keccak256 } from "ethers";
import secp256k1 from "secp256k1";

/** What the transfers of one sender have in common. */
export interface TransferTerms {
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly chainId: number;
  /** 20 bytes, hexadecimal. */
  readonly to: string;
  /** Wei a unit of gas. */
  readonly gasPrice: bigint;
}

/** Gas of a transfer. */
export const TRANSFER_GAS = 21_000;

/**
 * Plain transfers of one wei with consecutive nonces, signed as EIP-155 says, as hexadecimal text to be sent. Signed natively:
 * a tenth of a millisecond each.
 */
export function signTransfers(
  { key, chainId, to, gasPrice }: TransferTerms,
  firstNonce: number,
  count: number,
): string[] {
  const [price, gas, receiver, wei] = [gasPrice, TRANSFER_GAS, getBytes(to), 1].map(item);
  const replayed = Buffer.concat([item(chainId), item(0), item(0)]);
  return Array.from({ length: count }, (_, i) => {
    const body = Buffer.concat([item(firstNonce + i), price!, gas!, receiver!, wei!, item(0)]);
    const digest = getBytes(keccak256(list(Buffer.concat([body, replayed]))));
    const { signature, recid } = secp256k1.ecdsaSign(digest, key);
    const seal = [chainId * 2 + 35 + recid, unpadded(signature, 0), unpadded(signature, 32)].map(item);
    return `0x${list(Buffer.concat([body, ...seal])).toString("hex")}`;
  });
}

/** RLP of a whole number or of up to 55 bytes. */
function item(value: number | bigint | Uint8Array): Buffer {
  const bytes = typeof value === "object" ? value : bigEndian(BigInt(value));
  if (bytes.length === 1 && bytes[0]! < 0x80) return Buffer.from(bytes);
  return Buffer.concat([Buffer.of(0x80 + bytes.length), bytes]);
}

/** RLP of a list of up to 255 bytes. */
function list(content: Buffer): Buffer {
  const head = content.length < 56 ? Buffer.of(0xc0 + content.length) : Buffer.of(0xf8, content.length);
  return Buffer.concat([head, content]);
}

function bigEndian(value: bigint): Buffer {
  if (value === 0n) return Buffer.alloc(0);
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

/** One half of a signature, without leading zeros. */
function unpadded(signature: Uint8Array, from: number): Uint8Array {
  let start = from;
  while (signature[start] === 0) start++;
  return signature.subarray(start, from + 32);
}
