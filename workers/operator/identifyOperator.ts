import { Consortium__factory } from "../../typechain-types/factories/consortium/Consortium__factory.js";
import { revertReason } from "../chain/revertReason.js";
import { bindIdentity } from "../store/bindIdentity.js";
import type { Collaborators } from "./collaborators.js";
import type { WorkerConfig } from "./config.js";

/** The account of the key has no seat. */
export class NotAnOperatorError extends Error {
  override readonly name = "NotAnOperatorError";
  constructor(readonly account: string) {
    super(`${account} is not a member of the consortium`);
  }
}

/** The node serves another chain than the configuration names. */
export class WrongChainError extends Error {
  override readonly name = "WrongChainError";
  constructor(
    readonly got: bigint,
    readonly want: number,
  ) {
    super(`the node serves chain ${got}, the configuration names ${want}`);
  }
}

/**
 * Whose worker it is: makes sure that it is at the right chain with the right store.
 *
 * @returns the operator's seat.
 * @throws NotAnOperatorError, WrongChainError, StoreForeignError if it can never work.
 */
export async function identifyOperator(
  { provider, account, store, logger }: Collaborators,
  { chainId, contracts }: WorkerConfig,
): Promise<number> {
  const served = BigInt((await provider.send("eth_chainId", [])) as string);
  if (served !== BigInt(chainId)) throw new WrongChainError(served, chainId);
  const genesis = await provider.getBlock(0);
  bindIdentity(store, {
    chainId: String(chainId),
    genesisHash: genesis?.hash ?? "",
    ledger: contracts.ledger,
    operator: account,
  });
  const consortium = Consortium__factory.connect(contracts.consortium, provider);
  try {
    const seat = Number(await consortium.seatOf(account));
    logger.info({ account, seat, chainId, ledger: contracts.ledger }, "worker started");
    return seat;
  } catch (error) {
    if (revertReason(error)?.name === "ConsortiumNotMember") throw new NotAnOperatorError(account);
    throw error;
  }
}
