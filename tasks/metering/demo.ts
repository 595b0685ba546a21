import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import GridProof from "../../ignition/modules/GridProof.js";
import { Metering__factory } from "../../typechain-types/index.js";
import { demoTerms } from "../../workers/demo/demoTerms.js";
import { runSteps } from "../../workers/demo/runSteps.js";
import { findLost } from "../../workers/metering/demo/findLost.js";
import { playMetering } from "../../workers/metering/demo/playMetering.js";
import type { MeteringChain, MeteringPlay, MeteringResult } from "../../workers/metering/demo/types.js";
import { grouped } from "../../workers/report/number.js";
import { facts, table } from "../../workers/report/table.js";
import { makeFolder } from "../../workers/store/makeFolder.js";
import { compileContracts } from "../support/compileContracts.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly meters: number;
  readonly days: number;
  readonly readings: string | undefined;
  readonly folder: string;
  readonly json: string | undefined;
}

const DAY = 86_400;
const RULES = { intervalSeconds: 1_800, sessionSeconds: DAY, overlapSeconds: 3_600 };
const UTILITY_SEAT = 1;
/** Of the founding, enrolling and the day before now. */
const MARGIN_SECONDS = 7_200;
/** How often it is said how far the play is. */
const PROGRESS_NOTES = 8;
/** Marks a folder that a demo made, which the next one may replace. */
const MARK = "demo.json";

/** `metering demo`: households' readings from meter to utility on the embedded network. Status 1 if anything was lost. */
export default userTask<Arguments>(async (args, hre) => {
  const { meters, days } = args;
  if (meters < 4 || meters > 1_000) throw new UserError(`--meters ${meters}: from 4 to 1,000`);
  if (days < 1 || days > 14) throw new UserError(`--days ${days}: from 1 to 14`);
  const folder = freshFolder(userPath(args.folder));
  const homes = homesOf(meters, args.readings);
  const intervals = (days * DAY) / RULES.intervalSeconds;
  const play: MeteringPlay = { homes, intervals, folder };
  let chain: MeteringChain;
  let result: MeteringResult;
  const terminal = {
    isTTY: process.stdout.isTTY && args.json !== "-",
    line: (text: string) => (args.json === "-" ? console.error(text) : console.log(text)),
  };
  await runSteps(
    [
      {
        title: "Compiling and deploying consortium and metering",
        run: async () => {
          chain = await deployMetering(hre, days);
          return `utility on seat ${UTILITY_SEAT}`;
        },
      },
      {
        title: `${meters} homes, ${days} days of half hours: meters, broker, concentrator, chain, MDMS`,
        run: async (note) => {
          const often = Math.ceil(intervals / PROGRESS_NOTES);
          result = await playMetering(chain, play, (done) => {
            if (done % often === 0) note(`${grouped(done)} of ${grouped(intervals)} half hours`);
          });
          return `${grouped(result.reportsStored)} reports stored and decrypted`;
        },
      },
    ],
    terminal,
  );
  show(result!, folder, homes[0]!.name, args.json);
  if (findLost(result!) !== undefined) process.exitCode = 1;
});

/** An embedded network whose time begins so long ago that the play ends now, with metering deployed. */
async function deployMetering(hre: HardhatRuntimeEnvironment, days: number): Promise<MeteringChain> {
  await compileContracts(hre);
  const begin = Math.floor(Date.now() / 1_000) - days * DAY - MARGIN_SECONDS;
  const { ethers, ignition, networkHelpers } = await hre.network.create({
    network: "default",
    override: { initialDate: new Date(begin * 1_000), accounts: { count: 6 } },
  });
  const [deployer, ...members] = await ethers.getSigners();
  const operators = members.slice(0, 4);
  const terms = demoTerms(operators.length);
  const { time } = networkHelpers;
  const deployed = await ignition.deploy(GridProof, {
    parameters: {
      GridProof: {
        ...terms,
        voting: { ...terms.voting },
        terms: { ...terms.terms },
        founders: operators.map(({ address }, seat) => ({ account: address, name: `Operator ${seat + 1}` })),
        clock: { genesis: await time.latest(), ...terms.clock },
      },
    },
  });
  const utility = operators[UTILITY_SEAT]!;
  const factory = new Metering__factory(deployer!);
  const metering = await factory.deploy(await deployed.consortium.getAddress(), UTILITY_SEAT, RULES);
  await metering.waitForDeployment();
  return {
    provider: ethers.provider,
    chainId: (await ethers.provider.getNetwork()).chainId,
    metering: metering.connect(utility),
    funder: members[4]!,
    now: () => time.latest(),
    advanceTo: async (seconds) => {
      if ((await time.latest()) < seconds) await time.increaseTo(seconds);
    },
  };
}

/** A folder for what the demo leaves; what an earlier demo left there goes, and nothing else does. */
function freshFolder(folder: string): string {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    if (!existsSync(join(folder, MARK))) {
      throw new UserError(`${folder}: holds metering that no demo made; name another folder with --folder`);
    }
    rmSync(folder, { recursive: true });
  }
  makeFolder(folder);
  writeFileSync(join(folder, MARK), `${JSON.stringify({ made: new Date().toISOString() })}\n`);
  return folder;
}

/** The homes: those of the folder of readings, and drawn ones where it has too few. */
function homesOf(count: number, readings: string | undefined): MeteringPlay["homes"] {
  const folder = readings === undefined ? userPath("../shared/data/london") : userPath(readings);
  if (!existsSync(folder)) {
    if (readings !== undefined) throw new UserError(`${folder}: no such folder`);
    console.error(`No household data at ${folder}: the homes' use is drawn.`);
  }
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.csv(\.gz)?$/u.test(name))
        .sort()
        .slice(0, count)
    : [];
  return Array.from({ length: count }, (_, i) => {
    const file = files[i];
    return file === undefined
      ? { name: `HOME${String(i + 1).padStart(4, "0")}`, file: undefined }
      : { name: file.replace(/\.csv(\.gz)?$/u, ""), file: join(folder, file) };
  });
}

function show(result: MeteringResult, folder: string, home: string, json: string | undefined): void {
  const missing = findLost(result);
  report(
    json,
    result,
    [
      facts([
        ["homes", grouped(result.meters)],
        ["reports sent, stored", `${grouped(result.reportsSent)}, ${grouped(result.reportsStored)}`],
        ["energy sent, stored", `${grouped(result.energyWhSent)} Wh, ${grouped(result.energyWhStored)} Wh`],
        ["transactions of the concentrator", grouped(result.transactions)],
        ["gas per report, enrolment and rotation included", grouped(result.gasPerReport)],
        ["sessions opened, epochs", `${grouped(result.sessions)}, ${grouped(result.epochs)}`],
        ["messages through the broker", grouped(result.messages)],
        ["seconds", result.seconds.toFixed(1)],
      ]),
      table(
        [{ head: "report" }, { head: "home" }, { head: "refused as" }],
        result.refused.map(({ attack, meter, reason }) => [attack, meter, reason]),
      ),
      missing === undefined
        ? "Every report that was sent is stored once, and readable by the utility alone."
        : `LOST: ${missing}`,
      `Left in ${folder}. Look at a home: metering export ${home} --format green-button --out ${home}.xml`,
    ].join("\n"),
  );
}
