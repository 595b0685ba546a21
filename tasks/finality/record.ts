import { checkFinal } from "../../workers/finality/checkFinal.js";
import { readWorkerFinal } from "../../workers/finality/readWorker.js";
import { recordFinal } from "../../workers/finality/recordFinal.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { openSigning, type SignerArguments } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { openOverlay } from "./openOverlay.js";

interface Arguments extends SignerArguments {
  readonly worker: string;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSigning(hre, args.deployment, args, false);
  const { contract, domain, standing, keys } = await openOverlay(sharing);
  const final = await readWorkerFinal(args.worker);
  if (final === undefined) throw new UserError(`${args.worker} knows of no final block yet`);
  const { signed, quorum, isFinal } = checkFinal(final, domain, standing, keys);
  if (!isFinal) {
    throw new UserError(
      `block ${final.number} has ${signed.length} signatures that count, ${quorum} make it final`,
    );
  }
  const gas = await recordFinal(contract, signed);
  const names = signed.map(({ seat }) => sharing.members[seat]?.name ?? String(seat));
  report(
    args.json,
    { number: final.number, hash: final.hash, signedBy: names, gas },
    facts([
      ["recorded as final", `${grouped(final.number)} ${final.hash}`],
      ["signed by", names.join(", ")],
      ["gas", grouped(gas)],
    ]),
  );
});
