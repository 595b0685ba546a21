import { encodeRlp, getAddress } from "ethers";
import type { Network } from "../types.js";
import { fundedOperators, LONDON } from "./cliqueGenesis.js";

/** The mix hash by which Besu knows a block of a BFT network. */
const BFT_MIX_HASH = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";

/**
 * `extraData` of a QBFT genesis block: RLP of 32 bytes of vanity, the validators in the order given, no votes, round 0,
 * no seals.
 */
export function qbftExtraData(validators: readonly string[]): string {
  const addresses = validators.map((validator) => getAddress(validator).toLowerCase());
  return encodeRlp([new Uint8Array(32), addresses, [], "0x", []]);
}

/**
 * The genesis block of a QBFT network, for Besu, which wants the first validators in ascending order. Gas is free: no base
 * fee, and no price asked.
 */
export function qbftGenesis(network: Network): object {
  return {
    config: {
      chainId: network.chainId,
      ...LONDON,
      zeroBaseFee: true,
      qbft: {
        blockperiodseconds: network.blockPeriodSeconds,
        epochlength: 30_000,
        requesttimeoutseconds: 2 * network.blockPeriodSeconds,
      },
    },
    nonce: "0x0",
    timestamp: "0x0",
    difficulty: "0x1",
    gasLimit: `0x${network.gasLimit.toString(16)}`,
    mixHash: BFT_MIX_HASH,
    coinbase: "0x0000000000000000000000000000000000000000",
    baseFeePerGas: "0x0",
    extraData: qbftExtraData(network.validators.map(({ address }) => address.toLowerCase()).sort()),
    alloc: fundedOperators(network),
  };
}
