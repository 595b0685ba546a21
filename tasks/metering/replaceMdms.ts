import { meteringFiles } from "../../workers/metering/provision/layout.js";
import { replaceMdms } from "../../workers/metering/provision/replaceMdms.js";
import { facts } from "../../workers/report/table.js";
import { meteringFolder } from "../support/meteringFolder.js";
import { report } from "../support/report.js";
import { userTask } from "../support/userTask.js";
import { openUtility, type UtilityArguments } from "./openUtility.js";

interface Arguments extends UtilityArguments {
  readonly folder: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { metering } = await openUtility(hre, args);
  const replaced = await replaceMdms(metering, meteringFiles(meteringFolder(args.folder)));
  report(
    args.json,
    replaced,
    facts([
      ["MDMS lost", replaced.lost],
      ["in its place", replaced.mdms],
      ["meters that know it", replaced.meters],
      ["now start", "the MDMS and the meters; the new MDMS opens the next epoch"],
    ]),
  );
});
