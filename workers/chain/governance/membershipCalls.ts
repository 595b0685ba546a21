import type { Consortium } from "../../../typechain-types/index.js";
import { ChainDataError } from "../errors.js";
import { parseAddress } from "../parseAddress.js";
import { findMember, type Member } from "../readMembers.js";
import type { Call } from "./types.js";

/** Changes of membership and contracts, as a proposal names them. */
export interface MembershipChanges {
  /** `NAME;ACCOUNT;SPONSOR;CREDITS`. */
  readonly admit?: string | undefined;
  /** A member's name or address. */
  readonly expel?: string | undefined;
  /** `MEMBER;ACCOUNT`. */
  readonly replace?: string | undefined;
  /** Address of another slot ledger. */
  readonly replaceLedger?: string | undefined;
  /** The slot from which on the ledger is to take none. */
  readonly retireLedger?: string | undefined;
  /** Address of the consortium that takes over. */
  readonly retire?: string | undefined;
}

/**
 * The calls of the consortium that make these changes.
 *
 * @throws ChainDataError naming what is not as it should be.
 */
export async function membershipCalls(
  changes: MembershipChanges,
  consortium: Consortium,
  members: readonly Member[],
): Promise<Call[]> {
  const { interface: abi } = consortium;
  const { admit, expel, replace, replaceLedger, retireLedger, retire } = changes;
  const data: string[] = [];
  if (expel !== undefined) {
    data.push(abi.encodeFunctionData("expelByVote", [findMember(members, expel).account]));
  }
  if (replace !== undefined) {
    const [who = "", account = ""] = parts("replace", replace, 2);
    const { seat } = findMember(members, who);
    data.push(abi.encodeFunctionData("replaceAccount", [seat, parseAddress(account, "replace")]));
  }
  if (admit !== undefined) {
    const [name = "", account = "", sponsor = "", credits = ""] = parts("admit", admit, 4);
    if (!/^\d{1,20}$/u.test(credits)) throw new ChainDataError(`admit: ${credits} is no amount of credits`);
    const by = findMember(members, sponsor).account;
    data.push(abi.encodeFunctionData("admit", [parseAddress(account, "admit"), name, by, BigInt(credits)]));
  }
  if (replaceLedger !== undefined) {
    data.push(abi.encodeFunctionData("replaceLedger", [parseAddress(replaceLedger, "replaceLedger")]));
  }
  if (retireLedger !== undefined) {
    if (!/^\d{1,12}$/u.test(retireLedger))
      throw new ChainDataError(`retireLedger: ${retireLedger} is no slot`);
    data.push(abi.encodeFunctionData("retireLedger", [retireLedger]));
  }
  if (retire !== undefined) data.push(abi.encodeFunctionData("retire", [parseAddress(retire, "retire")]));
  const target = await consortium.getAddress();
  return data.map((bytes) => ({ target, data: bytes }));
}

function parts(label: string, text: string, count: number): string[] {
  const found = text.split(";").map((part) => part.trim());
  if (found.length !== count) {
    throw new ChainDataError(
      `${label}: expected ${count} parts separated by semicolons, got ${found.length}`,
    );
  }
  return found;
}
