import { concat, getAddress } from "ethers";
import type { Network } from "../types.js";

/** Wei that each operator has in the genesis block: a million ether, to pay for gas that costs next to nothing. */
const FUNDS_WEI = 10n ** 24n;

/**
 * `extraData` of a Clique genesis block (EIP-225): 32 bytes of vanity, the signers in ascending order, 65 bytes for the
 * signature that a genesis block has not.
 */
export function cliqueExtraData(signers: readonly string[]): string {
  const ascending = signers.map((signer) => getAddress(signer).toLowerCase()).sort();
  return concat([new Uint8Array(32), ...ascending, new Uint8Array(65)]);
}

/** The genesis block of a Clique network, under London's rules: Clique ends with Shanghai. */
export function cliqueGenesis(network: Network): object {
  return {
    config: {
      chainId: network.chainId,
      ...LONDON,
      clique: { period: network.blockPeriodSeconds, epoch: 30_000 },
    },
    difficulty: "0x1",
    gasLimit: `0x${network.gasLimit.toString(16)}`,
    baseFeePerGas: "0x0",
    extraData: cliqueExtraData(network.validators.map(({ address }) => address)),
    alloc: fundedOperators(network),
  };
}

/** Every fork up to London from the first block on. */
export const LONDON = {
  homesteadBlock: 0,
  eip150Block: 0,
  eip155Block: 0,
  eip158Block: 0,
  byzantiumBlock: 0,
  constantinopleBlock: 0,
  petersburgBlock: 0,
  istanbulBlock: 0,
  berlinBlock: 0,
  londonBlock: 0,
} as const;

/** The operators' balances; the accounts that seal have none. */
export function fundedOperators(network: Network): Record<string, { balance: string }> {
  return Object.fromEntries(
    network.operators.map(({ address }) => [address, { balance: `0x${FUNDS_WEI.toString(16)}` }]),
  );
}
