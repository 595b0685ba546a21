import type { Contracts } from "../connectContracts.js";
import { ChainDataError } from "../errors.js";
import type { Call } from "./types.js";

/**
 * The calls that expel the member whose fault is on record at the finality overlay: first that it is on record against
 * the account, without which nothing is done, then the expulsion.
 *
 * @throws ChainDataError if the deployment has no overlay; the contract's own error if there is no such fault.
 */
export async function faultCalls(fault: number, { finality, consortium }: Contracts): Promise<Call[]> {
  if (finality === undefined) throw new ChainDataError("the deployment names no finality overlay");
  const { seat } = await finality.fault(fault);
  const { account } = await consortium.memberAt(seat);
  return [
    {
      target: await finality.getAddress(),
      data: finality.interface.encodeFunctionData("checkFault", [fault, account]),
    },
    {
      target: await consortium.getAddress(),
      data: consortium.interface.encodeFunctionData("expelByVote", [account]),
    },
  ];
}
