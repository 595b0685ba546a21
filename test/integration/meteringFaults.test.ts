import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { network } from "hardhat";
import { after, before, describe, it } from "mocha";
import { Metering__factory } from "../../typechain-types/index.js";
import { readMeteringDeployment } from "../../workers/metering/chain/meteringDeployment.js";
import type { Completeness } from "../../workers/metering/mdms/completeness.js";
import { keystoreAddress } from "../../workers/crypto/keystoreAddress.js";
import { canLimitFiles, limitFiles } from "../support/faults/fileSizeLimit.js";
import { ProgramProcess } from "../support/faults/programProcess.js";
import { type RoadState, RpcProxy } from "../support/faults/rpcProxy.js";
import { freePorts } from "../support/freePorts.js";
import { openPostgres, type TestPostgres } from "../support/openPostgres.js";
import { serveProvider } from "../support/serveProvider.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { within } from "../support/within.js";
import { jsonOf } from "../tasks/runTask.js";

const MAINS = {
  broker: "workers/bus/broker/main.ts",
  concentrator: "workers/metering/concentrator/main.ts",
  mdms: "workers/metering/mdms/main.ts",
  meters: "workers/metering/meter/main.ts",
};
type Program = keyof typeof MAINS;
const PROGRAMS = Object.keys(MAINS) as Program[];
/** The meters' time goes this fast, from twenty hours ago: intervals end while faults last. */
const SPEED = 250;
const PAST_SECONDS = 20 * 3_600;

/* What happens to the programs of metering at a utility, as processes: each says once what is wrong, loses nothing, and goes on. */
describe("faults of household metering, with programs at work", function suite() {
  this.timeout(300_000);
  const folder = join(temporaryFolder(), "metering");
  const metering = `${folder}.contract.json`;
  const programs = Object.fromEntries(
    PROGRAMS.map((name) => [name, new ProgramProcess(MAINS[name], join(folder, `${name}.json`))]),
  ) as Record<Program, ProgramProcess>;
  let server: Awaited<ReturnType<typeof serveProvider>>;
  let road: RpcProxy;
  let postgres: TestPostgres | undefined;
  let database: string;

  const configOf = (program: Program): Record<string, unknown> =>
    JSON.parse(readFileSync(join(folder, `${program}.json`), "utf8")) as Record<string, unknown>;
  const configure = (program: Program, change: object): void =>
    writeFileSync(join(folder, `${program}.json`), JSON.stringify({ ...configOf(program), ...change }));
  const request = async (method: string, ...params: unknown[]): Promise<unknown> =>
    await (await network.getOrCreate()).provider.request({ method, params });
  const measured = async (): Promise<number> => {
    const gaps = await jsonOf<{ usagePoints: Completeness[] }>("metering gaps", { database });
    return gaps.usagePoints.reduce((sum, point) => sum + point.measured, 0);
  };
  /** Waits until readings come that were taken after now. */
  const goesOn = async (seconds = 90): Promise<void> => {
    const stands = await measured();
    await within(seconds, "readings come", async () => {
      for (const name of PROGRAMS) expect(programs[name].running, programs[name].errors).to.equal(true);
      return (await measured()) > stands + 2;
    });
  };
  const metric = async (program: Program, name: string): Promise<number> => {
    const { http } = configOf(program) as { http: { port: number } };
    const text = await (await fetch(`http://127.0.0.1:${http.port}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, "mu").exec(text)?.[1]);
  };

  before(async () => {
    const connection = await network.getOrCreate();
    await connection.networkHelpers.time.increaseTo(Math.floor(Date.now() / 1_000));
    const deployment = `${folder}.deployment.json`;
    const list = `${folder}.meters.csv`;
    await jsonOf("deploy", { deployment });
    await jsonOf("metering deploy", { utility: "Operator 2", deployment, metering });
    server = await serveProvider(connection.provider);
    await request("evm_setIntervalMining", 250);
    const port = await freePorts(5);
    road = new RpcProxy(port + 4, Number(new URL(server.url).port));
    await road.set("open");
    writeFileSync(list, "serial,usagePoint,customer\nSN-1,P1,Ada\nSN-2,P2,Ben\nSN-3,P3,\n");
    const since = new Date(Date.now() - 1_000 * PAST_SECONDS).toISOString().replace(/\.\d+Z$/u, "Z");
    await jsonOf("metering provision", { list, folder, metering, rpcUrl: `http://127.0.0.1:${port + 4}`, port, since });
    postgres = await openPostgres();
    database = postgres?.create("faults") ?? join(folder, "mdms.sqlite");
    configure("meters", { pastSeconds: PAST_SECONDS, speed: SPEED, retrySeconds: 3, finalSeconds: 10 });
    configure("mdms", { gapsSeconds: 1 });
    for (const name of PROGRAMS) programs[name].start();
    database = join(folder, "mdms.sqlite");
    await within(60, "readings come", async () => (await measured()) > 5);
  });
  after(async () => {
    for (const name of PROGRAMS) await programs[name].stop("SIGKILL");
    for (const name of PROGRAMS) {
      process.stdout.write(`==== ${name}\n${programs[name].errors}\n`);
      for (const line of programs[name].logs) if (line.msg !== "refused") process.stdout.write(`${JSON.stringify(line).slice(0, 300)}\n`);
    }
    await request("evm_setIntervalMining", 0);
    await road.close();
    await server.close();
    await postgres?.stop();
  });

  it("bad starts", async () => {
    const other = `${folder}-bad`;
    const { contracts } = readMeteringDeployment(metering);
    const { ethers } = await network.getOrCreate();
    const consortium = await Metering__factory.connect(contracts.metering, ethers.provider).consortium();
    const nobody = `0x${"12".repeat(20)}`;
    const cases: [Program, string, (at: (name: string) => string, change: (config: object) => void) => void][] = [
      ["concentrator", "queue in use", (_, change) => change({ database: join(folder, "concentrator.sqlite") })],
      ["meters", "store in use", (_, change) => change({ database: join(folder, "meters.sqlite") })],
      ["broker", "no credentials", (_, change) => change({ credentials: "none.json" })],
      ["broker", "damaged credentials", (at) => writeFileSync(at("credentials.json"), "{")],
      ["broker", "port in use", () => undefined],
      ["concentrator", "http port in use", (_, change) => change({ http: configOf("mdms")["http"] })],
      ["mdms", "http port in use", (_, change) => change({ http: configOf("mdms")["http"] })],
      ["meters", "http port in use", (_, change) => change({ http: configOf("mdms")["http"] })],
      ["broker", "http port in use", (_, change) => change({ port: 0, http: configOf("mdms")["http"] })],
      ["mdms", "truncated", (at) => writeFileSync(at("mdms.json"), readFileSync(at("mdms.json")).subarray(0, 100))],
      ["meters", "types", (_, change) => change({ chainId: "7", broker: [], window: 1.5, metering: 7 })],
      ["concentrator", "empty database", (at) => writeFileSync(at("concentrator.sqlite"), "not a database at all, but long enough".repeat(300))],
      ["mdms", "damaged database", (at) => writeFileSync(at("mdms.sqlite"), "not a database at all, but long enough".repeat(300))],
      ["meters", "damaged database", (at) => writeFileSync(at("meters.sqlite"), "not a database at all, but long enough".repeat(300))],
      ["mdms", "exposed", (at) => chmodSync(at("mdms-keys.json"), 0o644)],
      ["mdms", "exposed password", (at) => chmodSync(at("mdms-keys.password"), 0o644)],
      ["meters", "exposed passwords", (at) => chmodSync(at("meters-broker.passwords.json"), 0o644)],
      ["concentrator", "exposed", (at) => chmodSync(at("concentrator-account.json"), 0o644)],
      ["meters", "damaged passwords", (at) => writeFileSync(at("meters-broker.passwords.json"), "{", { mode: 0o600 })],
      ["mdms", "nobody", (_, change) => change({ metering: nobody })],
      ["concentrator", "nobody", (_, change) => change({ metering: nobody })],
      ["mdms", "another contract", (_, change) => change({ metering: consortium, database: "new.sqlite" })],
      ["concentrator", "another contract", (_, change) => change({ metering: consortium, database: "new.sqlite" })],
      ["mdms", "another chain", (_, change) => change({ chainId: 5 })],
      ["concentrator", "another chain", (_, change) => change({ chainId: 5 })],
      ["mdms", "no node", (_, change) => change({ rpcUrl: "http://127.0.0.1:9" })],
      ["concentrator", "no node", (_, change) => change({ rpcUrl: "http://127.0.0.1:9" })],
      ["mdms", "no postgres", (_, change) => change({ database: "postgresql://x@127.0.0.1:9/none" })],
    ];
    for (const [program, what, spoil] of cases) {
      rmSync(other, { recursive: true, force: true });
      cpSync(folder, other, { recursive: true });
      for (const name of ["concentrator", "mdms", "meters"]) for (const end of ["", "-wal", "-shm", ".lock"]) if (name !== "meters" || end !== "") rmSync(join(other, `${name}.sqlite${end}`), { force: true });
      const at = (name: string): string => join(other, name);
      const path = at(`${program}.json`);
      const read = (): object => JSON.parse(readFileSync(path, "utf8")) as object;
      if (program !== "broker") { writeFileSync(path, JSON.stringify({ ...read(), http: undefined })); }
      spoil(at, (config) => writeFileSync(path, JSON.stringify({ ...read(), ...config })));
      const bad = new ProgramProcess(MAINS[program], path).start();
      const t = performance.now();
      const code = await Promise.race([bad.ended(), new Promise((late) => setTimeout(() => late("RUNS ON"), 12_000))]);
      if (code === "RUNS ON") await bad.stop("SIGKILL");
      process.stdout.write(`  ${program}: ${what}: ${String(code)} ${Math.round(performance.now() - t)} ms: ${bad.errors.slice(0, 400)}${bad.logs.slice(-3).map((line) => JSON.stringify(line)).join(" ").slice(0, 300)}\n`);
    }
  });

  for (const name of ["concentrator", "mdms", "meters"] as const) {
    it(`a full disk under ${name}`, async function test() {
      if (!(await canLimitFiles())) this.skip();
      const program = programs[name];
      const said = program.logs.length;
      await limitFiles(program.pid, 0);
      await within(60, "it says so", () => program.times(/"reason":"[^"]*(disk|full)/u, said) > 0);
      const stands = await measured();
      await new Promise((wait) => setTimeout(wait, 8000));
      process.stdout.write(`measured ${stands} -> ${await measured()}, said ${program.times(/a turn failed/u, said)}\n`);
      await limitFiles(program.pid, undefined);
      await goesOn();
    });
  }

  it("the broker is started again", async () => {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      await programs.broker.stop(signal);
      await within(20, "metrics say so", async () => (await metric("concentrator", "gridproof_concentrator_broker_connected")) === 0);
      programs.broker.start();
      await goesOn();
    }
  });

  for (const state of ["refuse", "hang", { delayMilliseconds: 700 }] as RoadState[]) {
    it(`a node whose port is: ${JSON.stringify(state)}`, async () => {
      await road.set(state);
      await new Promise((wait) => setTimeout(wait, 12_000));
      process.stdout.write(`lag ${await metric("concentrator", "gridproof_concentrator_lag_seconds")}\n`);
      await road.set("open");
      await goesOn(120);
    });
  }

  it("a concentrator that is dismissed, and one that cannot pay", async () => {
    const { ethers } = await network.getOrCreate();
    const signers = await ethers.getSigners();
    const { contracts } = readMeteringDeployment(metering);
    const contract = Metering__factory.connect(contracts.metering, ethers.provider);
    const account = keystoreAddress(join(folder, "concentrator-account.json"))!;
    let utility;
    for (const signer of signers) {
      try {
        await contract.connect(signer).dismissConcentrator(account);
        utility = signer;
        break;
      } catch { /* another */ }
    }
    const said = programs.concentrator.logs.length;
    await within(60, "says", () => programs.concentrator.times(/is no concentrator/u, said) > 0);
    await contract.connect(utility!).appointConcentrator(account);
    await goesOn();
    const balance = await ethers.provider.getBalance(account);
    await request("hardhat_setBalance", account, "0x0");
    const from = programs.concentrator.logs.length;
    await new Promise((wait) => setTimeout(wait, 10_000));
    process.stdout.write(`${programs.concentrator.logs.slice(from).map((line) => JSON.stringify(line)).join("\n").slice(0,2000)}\n`);
    process.stdout.write(`lag ${await metric("concentrator", "gridproof_concentrator_lag_seconds")} ${await metric("concentrator", "gridproof_concentrator_queue_under_way")}\n`);
    await request("hardhat_setBalance", account, `0x${balance.toString(16)}`);
    await goesOn();
    const mdmsAccount = keystoreAddress(join(folder, "mdms-account.json"))!;
    void mdmsAccount;
  });

  it("ends with 0 on SIGTERM, all complete", async () => {
    configure("meters", { pastSeconds: 0, speed: 1 });
    for (const name of PROGRAMS) {
      const t = performance.now();
      const code = await programs[name].stop();
      process.stdout.write(`${name} ended with ${code} after ${performance.now() - t}\n`);
    }
    for (const name of PROGRAMS) programs[name].start();
    await within(120, "all is there", async () => {
      const gaps = await jsonOf<{ usagePoints: Completeness[] }>("metering gaps", { database });
      return gaps.usagePoints.every(({ missing, measured: n }) => missing.length === 0 && n > 10);
    });
    void cpSync;
  });
});
