import { METER_STATES } from "../../workers/metering/chain/reasons.js";
import { meteringFiles } from "../../workers/metering/provision/layout.js";
import { meterMeant } from "../../workers/metering/provision/meterMeant.js";
import { Credentials } from "../../workers/bus/broker/credentials.js";
import { existsSync } from "node:fs";
import { facts } from "../../workers/report/table.js";
import { meteringFolder } from "../support/meteringFolder.js";
import { report } from "../support/report.js";
import { sent } from "../support/sent.js";
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
  const meter = await meterMeant(files, args.meter);
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
