import type { Consortium } from "../../typechain-types/index.js";
import { ChainDataError } from "./errors.js";

/** A member of the consortium, present or past. */
export interface Member {
  readonly seat: number;
  readonly account: string;
  readonly name: string;
  readonly active: boolean;
  readonly credits: bigint;
}

/**
 * All members, by seat.
 *
 * @param at Number of the block whose state is read, which the node must have; left out, the latest.
 */
export async function readMembers(consortium: Consortium, at?: number): Promise<Member[]> {
  const members = await consortium.members({ blockTag: at ?? "latest" });
  return members.map(({ seat, account, name, active, credits }) => ({
    seat: Number(seat),
    account,
    name,
    active,
    credits,
  }));
}

/**
 * The seat of each active member by its name, as metering plans name owners.
 * @throws ChainDataError if two members have the same name.
 */
export function seatsByName(members: readonly Member[]): Map<string, number> {
  const seats = new Map<string, number>();
  for (const { name, seat, active } of members) {
    if (!active) continue;
    if (seats.has(name)) {
      throw new ChainDataError(
        `the members on seats ${seats.get(name)} and ${seat} have the same name, ${name}`,
      );
    }
    seats.set(name, seat);
  }
  return seats;
}

/**
 * A member by name or address.
 * @throws ChainDataError if there is none.
 */
export function findMember(members: readonly Member[], nameOrAddress: string): Member {
  const wanted = nameOrAddress.toLowerCase();
  const found =
    members.find(({ account }) => account.toLowerCase() === wanted) ??
    members.find(({ name, active }) => active && name === nameOrAddress);
  if (found === undefined) {
    const names = members.filter(({ active }) => active).map(({ name }) => name);
    throw new ChainDataError(`${nameOrAddress} is not a member; members are ${names.join(", ")}`);
  }
  return found;
}
