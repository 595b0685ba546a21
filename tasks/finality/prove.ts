import { readFileSync } from "node:fs";
import { proveFault } from "../../workers/finality/proveFault.js";
import { evidenceMessage } from "../../workers/finality/readWorker.js";
import { revertReason } from "../../workers/chain/revertReason.js";
import { grouped } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";
import { openSigning, type SignerArguments } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { openOverlay } from "./openOverlay.js";

interface Arguments extends SignerArguments {
  readonly file: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const path = userPath(args.file);
  const parsed = evidenceMessage.safeParse(jsonOf(path));
  if (!parsed.success)
    throw new UserError(`${path}: no evidence; \`finality show --worker URL --evidence FILE\` writes it`);
  const { evidence } = parsed.data;
  if (evidence.length === 0) throw new UserError(`${path}: the list of evidence is empty`);
  const sharing = await openSigning(hre, args.deployment, args, false);
  const { contract } = await openOverlay(sharing);
  const proved: { fault: number; member: string; height: number; state: string; gas: bigint }[] = [];
  for (const one of evidence) {
    const member = sharing.members[one.seat]?.name ?? String(one.seat);
    const height = one.second.number;
    try {
      const { id, gas } = await proveFault(contract, one);
      proved.push({ fault: id, member, height, state: "proved", gas });
    } catch (error) {
      const reason = revertReason(error);
      if (reason?.name !== "FinalityOverlayOnRecord") throw error;
      proved.push({
        fault: Number(reason.arguments.id),
        member,
        height,
        state: "on record already",
        gas: 0n,
      });
    }
  }
  report(
    args.json,
    { faults: proved },
    [
      table(
        [
          { head: "fault", align: "right" },
          { head: "member" },
          { head: "block", align: "right" },
          { head: "state" },
          { head: "gas", align: "right" },
        ],
        proved.map(({ fault, member, height, state, gas }) => [
          fault,
          member,
          grouped(height),
          state,
          grouped(gas),
        ]),
      ),
      "What it costs is for the members to vote on: gridproof govern propose --fault FAULT",
    ].join("\n"),
  );
});

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${path}: ${error.message}`);
    throw error;
  }
}
