import { flaggedSeats } from "../../workers/chain/flaggedSeats.js";
import { seatsByName } from "../../workers/chain/readMembers.js";
import { readVersion } from "../../workers/chain/readVersion.js";
import { compareVersion } from "../../workers/grid/version/compareVersion.js";
import { grouped } from "../../workers/report/number.js";
import { facts } from "../../workers/report/table.js";
import { type SignerArguments, openSigning } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { changesAgainstActive, changesTable } from "./changes.js";

interface Arguments extends SignerArguments {
  readonly gridVersion: number;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const sharing = await openSigning(hre, args.deployment, args, true);
  const { registry } = sharing.contracts;
  // The hash is taken before anything is read: what is approved is what is checked here, or the contract refuses.
  const { contentHash } = await registry.summary(args.gridVersion);
  const { records, labels } = await readVersion(registry, sharing.provider, args.gridVersion);
  const differences = compareVersion(records, labels, seatsByName(sharing.members));
  if (differences.length > 0) {
    const more = differences.length > 1 ? ` (and ${differences.length - 1} more: see grid show)` : "";
    throw new UserError(
      `version ${args.gridVersion} is not approved: its records do not say what its labels do: ${differences[0]}${more}`,
    );
  }
  const { stripped, swollen } = await flaggedSeats(registry, args.gridVersion);
  const nameOf = (seat: number): string => sharing.members[seat]?.name ?? String(seat);
  const flags = { stripped: stripped.map(nameOf), swollen: swollen.map(nameOf) };
  const changes = await changesAgainstActive(sharing, labels.meters);
  const receipt = await sent(registry.approve(args.gridVersion, contentHash));
  report(
    args.json,
    {
      version: args.gridVersion,
      approvedBy: sharing.member?.name ?? sharing.account,
      contentHash,
      gas: receipt.gasUsed,
      changes,
      flags,
    },
    [
      `Version ${args.gridVersion} (${labels.case.name}): records and labels agree. It changes:`,
      changesTable(changes),
      ...flags.stripped.map((name) => `Look at ${name}: it loses nine of ten of its meters, or all.`),
      ...flags.swollen.map((name) => `Look at ${name}: it gains more than a tenth of all meters.`),
      facts([
        ["approved by", sharing.member?.name ?? sharing.account],
        ["gas", grouped(receipt.gasUsed)],
      ]),
    ].join("\n"),
  );
});
