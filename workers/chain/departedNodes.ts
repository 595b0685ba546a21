import { ZeroAddress } from "ethers";
import type { Consortium } from "../../typechain-types/index.js";
import { readMembers } from "./readMembers.js";

/** A node that has no place in the network any more. */
export interface DepartedNode {
  readonly seat: number;
  /** Whose it is, or was. */
  readonly name: string;
  /** The member is one no longer, or it recorded another node. */
  readonly because: "left" | "replaced";
  /** The address that is to be voted out of those that seal; undefined if a present member has it, or there is none. */
  readonly validator: string | undefined;
  /** The URL of the peer that is to be dropped; undefined if a present member has it, or there is none. */
  readonly node: string | undefined;
}

/**
 * The validators to vote out and the peers to drop, from what members recorded of themselves: all that was ever recorded
 * less what present members have on record now.
 *
 * @param fromBlock Nothing was recorded before.
 * @param at Number of the block as of which this is asked, whose state the node must have; left out, the latest.
 */
export async function departedNodes(
  consortium: Consortium,
  fromBlock: number,
  at?: number,
): Promise<DepartedNode[]> {
  const blockTag = at ?? "latest";
  const members = await readMembers(consortium, at);
  const recorded = await consortium.queryFilter(consortium.filters.NodeRecorded(), fromBlock, blockTag);
  const active = members.filter((member) => member.active);
  const present = await Promise.all(
    active.map(async ({ seat }) => await consortium.nodeOf(seat, { blockTag })),
  );
  const validators = new Set([ZeroAddress, ...present.map(({ validator }) => validator)]);
  const urls = new Set(["", ...present.map(({ url }) => url)]);
  const departed: DepartedNode[] = [];
  for (const { args } of recorded) {
    const seat = Number(args.seat);
    const validator = validators.has(args.validator) ? undefined : args.validator;
    const node = urls.has(args.url) ? undefined : args.url;
    if (validator === undefined && node === undefined) continue;
    // Once each, however often it was recorded.
    validators.add(args.validator);
    urls.add(args.url);
    const member = members[seat]!;
    departed.push({ seat, name: member.name, because: member.active ? "replaced" : "left", validator, node });
  }
  return departed;
}
