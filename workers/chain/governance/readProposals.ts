import type { Governance } from "../../../typechain-types/index.js";
import { ChainDataError } from "../errors.js";
import { type ProposalReport, proposalStates } from "./types.js";

/**
 * One proposal, or all by number: how each stands, and its calls from the event that it was made with.
 *
 * @param fromBlock No proposal was made before.
 * @throws ChainDataError if the node no longer has an event.
 */
export async function readProposals(
  governance: Governance,
  fromBlock: number,
  only?: bigint,
): Promise<ProposalReport[]> {
  const count = await governance.proposalCount();
  const ids = only === undefined ? Array.from({ length: Number(count) }, (_, i) => BigInt(i + 1)) : [only];
  const events = await governance.queryFilter(governance.filters.ProposalMade(only), fromBlock);
  return await Promise.all(
    ids.map(async (id) => {
      const known = await governance.proposal(id);
      const made = events.find(({ args }) => args.id === id);
      if (made === undefined) throw new ChainDataError(`proposal ${id}: the node has no event of it`);
      return {
        id: Number(id),
        state: proposalStates[Number(known.state)]!,
        seat: Number(known.seat),
        reason: made.args.reason,
        calls: made.args.calls.map(({ target, data }) => ({ target, data })),
        yes: seatsIn(known.yes),
        no: seatsIn(known.no),
        needed: Number(known.needed),
        votingEnds: Number(known.votingEnds),
        executableFrom: Number(known.executableFrom),
        executableUntil: Number(known.executableUntil),
      };
    }),
  );
}

/** The seats of a bit map. */
export function seatsIn(bitmap: bigint): number[] {
  return Array.from({ length: 88 }, (_, seat) => seat).filter(
    (seat) => ((bitmap >> BigInt(seat)) & 1n) === 1n,
  );
}
