import { isError } from "ethers";
import type { Metering } from "../../typechain-types/index.js";
import type { RpcProvider } from "../chain/sending/providerAccess.js";

/** The node does not serve what the configuration names: it is another chain, or has no contract `Metering` there. */
export class MeteringElsewhereError extends Error {
  override readonly name = "MeteringElsewhereError";
}

/**
 * Looks whether a node serves the chain and the contract that a configuration names.
 *
 * @throws MeteringElsewhereError, or what the node throws.
 */
export async function checkMetering(
  provider: RpcProvider,
  metering: Metering,
  chainId: number,
): Promise<void> {
  const served = BigInt((await provider.send("eth_chainId", [])) as string);
  if (served !== BigInt(chainId)) {
    throw new MeteringElsewhereError(`the node serves chain ${served}, the configuration names ${chainId}`);
  }
  try {
    await metering.meterCount();
    await metering.epochs();
  } catch (error) {
    if (!isError(error, "BAD_DATA") && !isError(error, "CALL_EXCEPTION")) throw error;
    throw new MeteringElsewhereError(
      `${await metering.getAddress()}: there is no contract Metering on this chain`,
    );
  }
}
