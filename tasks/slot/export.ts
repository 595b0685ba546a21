import { writeFileSync } from "node:fs";
import { estimateSlot } from "../../workers/measurement/estimateSlot.js";
import { slotExport, slotExportCsv } from "../../workers/measurement/slotExport.js";
import { versionEstimator } from "../../workers/measurement/versionEstimator.js";
import { openSharing } from "../support/openSharing.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { openSlot } from "./openSlot.js";

interface Arguments {
  readonly slot: number;
  readonly format: string;
  readonly out: string;
  readonly deployment: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const { slot, format, out } = args;
  if (format !== "csv" && format !== "json") throw new UserError(`--format ${format}: expected csv or json`);
  const { contracts, provider } = await openSharing(hre, args.deployment);
  const { version, records, labels, uploads, rules } = await openSlot(contracts, provider, slot);
  const result = estimateSlot(records, versionEstimator(records), uploads.counts, rules.normalQuantile);
  if (!result.observable) {
    const { unobservableBuses: buses } = result;
    throw new UserError(
      `slot ${slot}: with ${uploads.missing} of ${uploads.counts.length} values missing the grid is not observable; open are ${buses.length} buses: ${buses.slice(0, 20).join(", ")}${buses.length > 20 ? ", …" : ""}`,
    );
  }
  const { estimate } = result;
  const exported = slotExport(records, labels, estimate);
  const text =
    format === "csv"
      ? slotExportCsv(exported)
      : `${JSON.stringify(
          {
            slot,
            version,
            missing: uploads.missing,
            objective: estimate.objective,
            threshold: estimate.threshold,
            ...exported,
          },
          undefined,
          2,
        )}\n`;
  if (out === "-") process.stdout.write(text);
  else {
    const path = userPath(out);
    writeFileSync(path, text);
    process.stdout.write(
      `Slot ${slot}: ${exported.meters.length} meters, ${exported.buses.length} buses, ${exported.lines.length} lines written to ${path}\n`,
    );
  }
});
