import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { provision } from "../../workers/metering/provision/provision.js";
import { readMeterList } from "../../workers/metering/provision/readMeterList.js";
import { facts } from "../../workers/report/table.js";
import type { TlsFiles } from "../../workers/metering/provision/checkTls.js";
import { counting } from "../support/counting.js";
import { databaseArgument } from "../support/databaseArgument.js";
import { meteringFolder } from "../support/meteringFolder.js";
import { networkName } from "../support/openNetwork.js";
import { report } from "../support/report.js";
import { timeOf } from "../support/timeOf.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { openUtility, type UtilityArguments } from "./openUtility.js";

interface Arguments extends UtilityArguments {
  readonly list: string;
  readonly folder: string | undefined;
  readonly since: string | undefined;
  readonly readings: string | undefined;
  readonly rpcUrl: string | undefined;
  readonly host: string | undefined;
  readonly port: number;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly tlsCa: string | undefined;
  readonly database: string | undefined;
  readonly fund: string;
  readonly json: string | undefined;
}

/** How fast meters that were installed in the past catch up. */
const CATCH_UP_SPEED = 2_000;

export default userTask<Arguments>(async (args, hre) => {
  const { port, fund } = args;
  if (port < 1 || port > 65_533) throw new UserError(`--port ${port}: from 1 to 65533`);
  if (!/^\d+(\.\d{1,18})?$/u.test(fund)) throw new UserError(`--fund ${fund}: ether, such as 10 or 0.5`);
  const meters = readMeterList(userPath(args.list));
  const tls = tlsOf(args);
  const database = databaseArgument(args.database);
  const rpcUrl = args.rpcUrl ?? (await urlOf(hre));
  const { deployment, metering, signer } = await openUtility(hre, args);
  const now = Math.floor(Date.now() / 1_000);
  const at = args.since === undefined ? now : timeOf("since", args.since);
  if (at > now) throw new UserError(`--since ${args.since}: is to come`);
  const { intervalSeconds } = deployment.rules;
  const since = Math.floor(at / intervalSeconds) * intervalSeconds;
  const past = args.since === undefined ? 0 : now - since;
  const done = await provision(
    metering,
    signer,
    {
      folder: meteringFolder(args.folder),
      deployment,
      meters,
      since,
      fund,
      rpcUrl,
      host: args.host,
      port,
      tls,
      database,
      readings: args.readings === undefined ? undefined : userPath(args.readings),
      pastSeconds: past,
      speed: past > 0 ? CATCH_UP_SPEED : 1,
    },
    counting("meters provisioned"),
  );
  const { files, ...result } = done;
  report(
    args.json,
    { ...result, configurations: files.config },
    facts([
      ["meters", `${done.meters}, ${done.added} of them new`],
      ["account of the MDMS", done.mdms],
      ["account of the concentrator", done.concentrator],
      ["metering broker", files.config.broker],
      ["metering concentrator", files.config.concentrator],
      ["metering mdms", files.config.mdms],
      ["metering meters", files.config.meters],
    ]),
  );
});

/** The broker's certificate, by absolute paths. */
function tlsOf({ tlsCert, tlsKey, tlsCa }: Arguments): TlsFiles | undefined {
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new UserError("TLS needs both: --tls-cert FILE and --tls-key FILE");
  }
  return {
    certFile: userPath(tlsCert),
    keyFile: userPath(tlsKey),
    caFile: tlsCa === undefined ? undefined : userPath(tlsCa),
  };
}

/** The endpoint of the chosen network. */
async function urlOf(hre: HardhatRuntimeEnvironment): Promise<string> {
  const network = hre.config.networks[networkName(hre)];
  if (network?.type !== "http") {
    throw new UserError(
      `network ${networkName(hre)} has no endpoint that programs could reach: name one with --rpc-url`,
    );
  }
  return await network.url.getUrl();
}
