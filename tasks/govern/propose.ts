import { chainTime } from "../../workers/chain/chainTime.js";
import { readFileSync } from "node:fs";
import { isHexString } from "ethers";
import { describeCall } from "../../workers/chain/governance/describeCall.js";
import { faultCalls } from "../../workers/chain/governance/faultCalls.js";
import { membershipCalls } from "../../workers/chain/governance/membershipCalls.js";
import { encodeSettings } from "../../workers/chain/governance/settings.js";
import type { Call } from "../../workers/chain/governance/types.js";
import { parseAddress } from "../../workers/chain/parseAddress.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { timeText } from "../support/timeText.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { openGovernance } from "./shared.js";

interface Arguments extends SignerArguments {
  readonly set: string | undefined;
  readonly fromSlot: string | undefined;
  readonly admit: string | undefined;
  readonly expel: string | undefined;
  readonly fault: number;
  readonly replace: string | undefined;
  readonly replaceLedger: string | undefined;
  readonly retireLedger: string | undefined;
  readonly retire: string | undefined;
  readonly calls: string | undefined;
  readonly reason: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSigning(hre, args.deployment, args, true);
  const { contracts, members } = sharing;
  const governed = await openGovernance(sharing);
  const { governance, names } = governed;
  const settingCalls = async (set: string): Promise<Call[]> => {
    const now = await chainTime(sharing.provider);
    const { fromSlot } = args;
    if (fromSlot !== undefined && !/^\d{1,12}$/u.test(fromSlot))
      throw new UserError(`${fromSlot} is no slot`);
    const slot = fromSlot === undefined ? undefined : BigInt(fromSlot);
    return await encodeSettings(set, contracts, governance, now, slot);
  };
  // What changes parameters comes first, so that an admission can come with the penalty that it needs.
  const calls = [
    ...(args.set === undefined ? [] : await settingCalls(args.set)),
    ...(await membershipCalls(args, contracts.consortium, members)),
    ...(args.fault < 0 ? [] : await faultCalls(args.fault, contracts)),
    ...(args.calls === undefined ? [] : readCalls(args.calls)),
  ];
  if (calls.length === 0) throw new UserError("nothing is proposed: see --help for what can be");
  await sent(governance.propose([...calls], args.reason));
  // Of several members that propose at a time each finds its own.
  const made = await governance.queryFilter(
    governance.filters.ProposalMade(undefined, sharing.member?.seat),
    sharing.deployment.fromBlock,
  );
  const { id, votingEnds } = made.at(-1)!.args;
  const words = calls.map((call) => describeCall(call, names));
  report(
    args.json,
    { id, calls: calls.map((call, i) => ({ ...call, words: words[i] })), reason: args.reason, votingEnds },
    facts([
      ["proposal", grouped(id)],
      ...words.map((text, i): [string, string] => [`call ${i + 1}`, text]),
      ["reason", args.reason],
      ["votes until", timeText(Number(votingEnds))],
    ]),
  );
});

function readCalls(file: string): Call[] {
  const path = userPath(file);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${path}: ${error.message}`);
    throw error;
  }
  if (!Array.isArray(json)) throw new UserError(`${path}: expected a list [{target, data}]`);
  return json.map((entry: unknown, i) => {
    const { target, data } = (entry ?? {}) as Record<string, unknown>;
    if (typeof target !== "string") throw new UserError(`${path}: ${i}.target: no address`);
    if (typeof data !== "string" || !isHexString(data)) throw new UserError(`${path}: ${i}.data: no bytes`);
    return { target: parseAddress(target, `${path}: ${i}.target`), data };
  });
}
