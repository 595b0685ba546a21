import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends SignerArguments {
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

/** The first time announces it, the second leaves. */
export default userTask<Arguments>(async (args, hre) => {
  const { contracts, account, member } = await openSigning(hre, args.deployment, args, true);
  const { consortium } = contracts;
  if (member === undefined) throw new UserError(`${account} is not a member`);
  const announced = (await consortium.leavingSince(member.seat)) !== 0n;
  const credits = await consortium.creditsOf(account);
  await sent(announced ? consortium.completeLeave() : consortium.announceLeave());
  report(
    args.json,
    { member: member.name, seat: member.seat, left: announced, credits: announced ? credits : 0n },
    facts(
      announced
        ? [
            ["left", member.name],
            ["with credits", grouped(credits)],
          ]
        : [
            ["announced", `${member.name} leaves`],
            ["next", "again, once slots are settled that began before, and it owns no meters"],
          ],
    ),
  );
});
