import type { Consortium } from "../../typechain-types/index.js";

/**
 * The founders of a consortium, by seat: who joined in the block that it was deployed in.
 *
 * @param fromBlock A block before that.
 */
export async function foundersOf(
  consortium: Consortium,
  fromBlock: number,
): Promise<{ readonly name: string; readonly account: string }[]> {
  const joined = await consortium.queryFilter(consortium.filters.MemberJoined(), fromBlock);
  const first = joined[0]?.blockNumber;
  return joined
    .filter(({ blockNumber }) => blockNumber === first)
    .map(({ args: { name, account } }) => ({ name, account }));
}
