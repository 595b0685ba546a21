import { dataLength, dataSlice, encodeRlp, keccak256, recoverAddress, toBeArray } from "ethers";

/** A block's header as `eth_getBlockByNumber` gives it. */
export interface RawHeader {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly sha3Uncles: string;
  readonly miner: string;
  readonly stateRoot: string;
  readonly transactionsRoot: string;
  readonly receiptsRoot: string;
  readonly logsBloom: string;
  readonly difficulty: string;
  readonly gasLimit: string;
  readonly gasUsed: string;
  readonly timestamp: string;
  readonly extraData: string;
  readonly mixHash: string;
  readonly nonce: string;
  readonly baseFeePerGas?: string;
}

const VANITY_BYTES = 32;
const SEAL_BYTES = 65;
const ADDRESS_BYTES = 20;

/**
 * Who made a block, in lower case: where it is sealed as Clique does (EIP-225), the account that signed the header, else
 * the header's `miner`, which is the proposer under QBFT.
 */
export function blockSealer(header: RawHeader): string {
  const room = dataLength(header.extraData) - VANITY_BYTES - SEAL_BYTES;
  // Block 0 has room for a seal, and nobody sealed it.
  const sealed = BigInt(header.number) > 0n && BigInt(header.mixHash) === 0n;
  const clique = sealed && room >= 0 && room % ADDRESS_BYTES === 0;
  return (clique ? cliqueSigner(header) : header.miner).toLowerCase();
}

/** Recovers the signer from the seal, the last 65 bytes of `extraData`: r, s, and the parity of the point. */
function cliqueSigner(header: RawHeader): string {
  const sealAt = dataLength(header.extraData) - SEAL_BYTES;
  const unsealed = { ...header, extraData: dataSlice(header.extraData, 0, sealAt) };
  return recoverAddress(keccak256(encodeHeader(unsealed)), {
    r: dataSlice(header.extraData, sealAt, sealAt + 32),
    s: dataSlice(header.extraData, sealAt + 32, sealAt + 64),
    v: 27 + Number(dataSlice(header.extraData, sealAt + 64)),
  });
}

/** The header in RLP, as its hash is taken over. Integers are without leading zeros. */
function encodeHeader(header: RawHeader): string {
  return encodeRlp([
    header.parentHash,
    header.sha3Uncles,
    header.miner,
    header.stateRoot,
    header.transactionsRoot,
    header.receiptsRoot,
    header.logsBloom,
    integer(header.difficulty),
    integer(header.number),
    integer(header.gasLimit),
    integer(header.gasUsed),
    integer(header.timestamp),
    header.extraData,
    header.mixHash,
    header.nonce,
    ...(header.baseFeePerGas === undefined ? [] : [integer(header.baseFeePerGas)]),
  ]);
}

function integer(value: string): Uint8Array {
  return toBeArray(BigInt(value));
}
