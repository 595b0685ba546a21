import { ZeroAddress } from "ethers";
import { departedNodes } from "../../workers/chain/departedNodes.js";
import { grouped } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { timeText } from "../support/timeText.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { contracts, members, deployment } = await openSharing(hre, args.deployment);
  const { consortium } = contracts;
  const rows = await Promise.all(
    members.map(async (member) => {
      const { validator, url } = await consortium.nodeOf(member.seat);
      return {
        ...member,
        validator: validator === ZeroAddress ? undefined : validator,
        node: url === "" ? undefined : url,
        leavingSince: Number(await consortium.leavingSince(member.seat)),
      };
    }),
  );
  const departed = await departedNodes(consortium, deployment.fromBlock);
  report(
    args.json,
    { members: rows, departed },
    [
      table(
        [
          { head: "seat", align: "right" },
          { head: "member" },
          { head: "active" },
          { head: "credits", align: "right" },
          { head: "account" },
          { head: "validator" },
          { head: "node" },
          { head: "leaves since" },
        ],
        rows.map((row) => [
          row.seat,
          row.name,
          row.active,
          grouped(row.credits),
          row.account,
          row.validator,
          row.node,
          row.active ? timeText(row.leavingSince) : undefined,
        ]),
      ),
      ...departed.map(
        ({ name, because, validator, node }) =>
          `${name} (${because}): ${[
            ...(validator === undefined ? [] : [`vote out validator ${validator}`]),
            ...(node === undefined ? [] : [`drop peer ${node}`]),
          ].join(", ")}`,
      ),
    ].join("\n"),
  );
});
