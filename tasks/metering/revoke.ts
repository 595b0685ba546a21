import { METER_STATES } from "../../workers/metering/chain/reasons.js";
import { meteringFiles } from "../../workers/metering/provision/layout.js";
import { readRecord } from "../../workers/metering/provision/utilityRecord.js";
import { Credentials } from "../../workers/bus/broker/credentials.js";
import { existsSync } from "node:fs";
import { facts } from "../../workers/report/table.js";
import { meteringFolder } from "../support/meteringFolder.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { openUtility, type UtilityArguments } from "./openUtility.js";

interface Arguments extends UtilityArguments {
  readonly meter: string;
  readonly sessions: boolean;
  readonly folder: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  const files = meteringFiles(meteringFolder(args.folder));
  const meter = numberOf(args.meter, files.record);
  const { metering } = await openUtility(hre, args);
  const { hash } = await sent(args.sessions ? metering.revokeSessions(meter) : metering.revokeMeter(meter));
  // Who has its identity key shall not reach the broker either.
  const cut = !args.sessions && existsSync(files.credentials);
  if (cut) new Credentials(files.credentials).revoke(String(meter));
  const state = METER_STATES[Number((await metering.meterAt(meter)).state)];
  report(
    args.json,
    {
      meter,
      revoked: args.sessions ? "sessions" : "identity",
      state,
      brokerCredential: !cut,
      transaction: hash,
    },
    facts([
      ["meter", meter],
      ["revoked", args.sessions ? "its session keys; it opens the next" : "its identity, for ever"],
      ["state", state],
      ...(cut ? ([["broker", "its credential was taken away"]] as const) : []),
    ]),
  );
});

/** A meter's number, from that or its serial number or usage point. */
function numberOf(asked: string, record: string): number {
  const meters = readRecord(record)?.meters ?? [];
  const found =
    meters.find(({ serial }) => serial === asked) ??
    meters.findLast(({ usagePoint }) => usagePoint === asked);
  if (found !== undefined) return found.meter;
  if (/^[1-9]\d{0,9}$/u.test(asked)) return Number(asked);
  throw new UserError(`${asked}: no serial number, usage point or number of a meter`);
}
