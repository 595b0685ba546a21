import { grouped } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, members } = await openSharing(hre, args.deployment);
  const total = await contracts.consortium.totalCredits();
  report(
    args.json,
    { members, total },
    table(
      [
        { head: "seat", align: "right" },
        { head: "member" },
        { head: "account" },
        { head: "active" },
        { head: "credits", align: "right" },
      ],
      [
        ...members.map(({ seat, name, account, active, credits }) => [
          seat,
          name,
          account,
          active,
          grouped(credits),
        ]),
        ["", "sum", "", "", grouped(total)],
      ],
    ),
  );
});
