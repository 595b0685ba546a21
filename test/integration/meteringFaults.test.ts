import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { network } from "hardhat";
import { after, before, describe, it } from "mocha";
import { Metering__factory } from "../../typechain-types/index.js";
import { readMeteringDeployment } from "../../workers/metering/chain/meteringDeployment.js";
import type { Completeness } from "../../workers/metering/mdms/completeness.js";
import { keystoreAddress } from "../../workers/crypto/keystoreAddress.js";
import { FleetStore } from "../../workers/metering/meter/fleetStore.js";
import { readSecret } from "../../workers/program/readSecret.js";
import { canLimitFiles, limitFiles } from "../support/faults/fileSizeLimit.js";
import { ProgramProcess } from "../support/faults/programProcess.js";
import { type RoadState, RpcProxy } from "../support/faults/rpcProxy.js";
import { freePorts } from "../support/freePorts.js";
import { openPostgres, type TestPostgres } from "../support/openPostgres.js";
import { presentChain } from "../support/presentChain.js";
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
/**
 * The meters' time goes this fast, from twenty hours ago: an interval ends each 7 s while faults last, until it has caught up with
 * the present, some ten minutes later. All faults together take two.
 */
const INTERVAL_SECONDS = 900;
const SPEED = 125;
const PAST_SECONDS = 20 * 3_600;

/** Asks the network that the programs' node is. */
const request = async (method: string, ...params: unknown[]): Promise<unknown> =>
  await (await network.getOrCreate()).provider.request({ method, params });

/* What happens to the programs of metering at a utility, as processes: each says once what is wrong, loses nothing, and goes on. */
describe("faults of household metering, with programs at work", function suite() {
  this.timeout(300_000);
  const folder = join(temporaryFolder(), "metering");
  const metering = `${folder}.contract.json`;
  const programs = Object.fromEntries(
    PROGRAMS.map((name) => [name, new ProgramProcess(MAINS[name], join(folder, `${name}.json`))]),
  ) as Record<Program, ProgramProcess>;
  let server: Awaited<ReturnType<typeof serveProvider>>;
  let chain: Awaited<ReturnType<typeof presentChain>>;
  let road: RpcProxy;
  let postgres: TestPostgres | undefined;
  const database = join(folder, "mdms.sqlite");

  const configOf = (program: Program): Record<string, unknown> =>
    JSON.parse(readFileSync(join(folder, `${program}.json`), "utf8")) as Record<string, unknown>;
  const configure = (program: Program, change: object, at = folder): void => {
    const path = join(at, `${program}.json`);
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, "utf8")) as object), ...change }));
  };
  const measured = async (): Promise<number> => {
    const gaps = await jsonOf<{ usagePoints: Completeness[] }>("metering gaps", { database });
    return gaps.usagePoints.reduce((sum, point) => sum + point.measured, 0);
  };
  const busyHttp = (): object => ({ http: configOf("mdms")["http"] });
  /** Does something to a program, has it say what is wrong, once however long that lasts, mends it, and sees that all goes on. */
  const fault = async (
    name: Program,
    reason: RegExp,
    spoil: () => Promise<unknown>,
    mend: () => Promise<unknown>,
  ): Promise<void> => {
    const program = programs[name];
    const from = program.logs.length;
    // An alert gives the reason again, once.
    const said = (): string[] =>
      program.logs
        .slice(from)
        .filter((line) => !("alert" in line))
        .map((line) => JSON.stringify(line))
        .filter((line) => reason.test(line));
    const height = Number(await request("eth_blockNumber"));
    await spoil();
    await within(60, `${name} says so`, () => said().length > 0);
    // Over some more turns.
    await within(60, "time passes", async () => Number(await request("eth_blockNumber")) > height + 24);
    await mend();
    await goesOn();
    // Its readings are there before the turn is over that brings them.
    await within(60, `${name} says that it goes on`, () => program.times(/going on/u, from) > 0);
    expect(said(), String(reason)).to.have.length(1);
  };
  /** Waits until readings come that were taken after now. */
  const goesOn = async (): Promise<void> => {
    const stands = await measured();
    await within(120, "readings come", async () => {
      for (const name of PROGRAMS) expect(programs[name].running, programs[name].errors).to.equal(true);
      return (await measured()) > stands + 2;
    });
  };
  const healthOf = async (program: Program): Promise<readonly (number | string)[]> =>
    await health((configOf(program) as { http: { port: number } }).http.port);
  const metric = async (program: Program, name: string): Promise<number> => {
    const { http } = configOf(program) as { http: { port: number } };
    const text = await (await fetch(`http://127.0.0.1:${http.port}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, "mu").exec(text)?.[1]);
  };

  before(async () => {
    chain = await presentChain();
    const deployment = `${folder}.deployment.json`;
    const list = `${folder}.meters.csv`;
    await jsonOf("deploy", { deployment });
    await jsonOf("metering deploy", {
      utility: "Operator 2",
      intervalSeconds: INTERVAL_SECONDS,
      deployment,
      metering,
    });
    server = await serveProvider(chain.provider);
    await request("evm_setIntervalMining", 250);
    const port = await freePorts(5);
    road = new RpcProxy(port + 4, Number(new URL(server.url).port));
    await road.set("open");
    writeFileSync(list, "serial,usagePoint,customer\nSN-1,P1,Ada\nSN-2,P2,Ben\nSN-3,P3,\n");
    const since = new Date(Date.now() - 1_000 * PAST_SECONDS).toISOString().replace(/\.\d+Z$/u, "Z");
    await jsonOf("metering provision", {
      list,
      folder,
      metering,
      rpcUrl: `http://127.0.0.1:${port + 4}`,
      port,
      since,
    });
    postgres = await openPostgres();
    configure("meters", { pastSeconds: PAST_SECONDS, speed: SPEED, retrySeconds: 3, finalSeconds: 10 });
    configure("mdms", { gapsSeconds: 1 });
    for (const name of PROGRAMS) programs[name].start();
    await within(180, "readings come", async () => (await measured()) > 5);
  });
  after(async () => {
    for (const name of PROGRAMS) await programs[name].stop("SIGKILL");
    await road.close();
    await server.close();
    await chain.leave();
    await postgres?.stop();
  });

  for (const name of ["concentrator", "mdms", "meters"] as const) {
    it(`a disk that takes nothing more, under the ${name}`, async function test() {
      if (!(await canLimitFiles())) this.skip();
      await fault(
        name,
        /a turn failed.*|disk I.O error/u,
        async () => await limitFiles(programs[name].pid, 0),
        async () => await limitFiles(programs[name].pid, undefined),
      );
    });
  }

  it("a broker that is stopped, or killed, and started again", async () => {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      await programs.broker.stop(signal);
      const connected = async (): Promise<number> =>
        await metric("concentrator", "gridproof_concentrator_broker_connected");
      await within(30, "the metrics say so", async () => (await connected()) === 0);
      for (const program of ["concentrator", "mdms"] as const) {
        await within(60, `the ${program} raises an alert`, async () => {
          return (await healthOf(program)).includes("brokerLost");
        });
      }
      programs.broker.start();
      // What was under way comes before the connection does.
      await within(60, "it is connected again", async () => (await connected()) === 1);
      await goesOn();
      for (const program of ["concentrator", "mdms"] as const)
        await within(
          60,
          `the ${program} clears it`,
          async () => !(await healthOf(program)).includes("brokerLost"),
        );
    }
  });

  it("a node that refuses, hangs, or is slow", async () => {
    for (const state of ["refuse", "hang", { delayMilliseconds: 500 }] as RoadState[]) {
      const taken = await metric("concentrator", "gridproof_concentrator_messages_total");
      await road.set(state);
      await within(60, "messages come meanwhile", async () => {
        return (await metric("concentrator", "gridproof_concentrator_messages_total")) > taken + 2;
      });
      if (state === "refuse")
        for (const program of ["concentrator", "mdms"] as const)
          await within(60, `the ${program} raises an alert`, async () => {
            return (await healthOf(program)).includes("nodeDown");
          });
      await road.set("open");
      await goesOn();
    }
  });

  it("a concentrator that is dismissed, and appointed again", async () => {
    const { ethers } = await network.getOrCreate();
    const { contracts } = readMeteringDeployment(metering);
    const [, , utility] = await ethers.getSigners();
    const contract = Metering__factory.connect(contracts.metering, utility);
    const account = keystoreAddress(join(folder, "concentrator-account.json"))!;
    await fault(
      "concentrator",
      /is no concentrator/u,
      async () => await contract.dismissConcentrator(account),
      async () => await contract.appointConcentrator(account),
    );
  });

  it("a concentrator's account that is empty, and filled again", async () => {
    const account = keystoreAddress(join(folder, "concentrator-account.json"))!;
    const balance = await request("eth_getBalance", account, "latest");
    await request("hardhat_setBalance", account, "0x0");
    await within(60, "the lag says so", async () => {
      return (await metric("concentrator", "gridproof_concentrator_lag_seconds")) > 15;
    });
    await request("hardhat_setBalance", account, balance);
    await goesOn();
  });

  it("PostgreSQL that is stopped and started again under an MDMS, beside the one that runs", async function test() {
    if (postgres === undefined) {
      this.skip();
      return;
    }
    const config = join(folder, "mdms-postgres.json");
    const port = await freePorts(1);
    const own = { ...configOf("mdms"), database: postgres.create("faults"), http: { port } };
    writeFileSync(config, JSON.stringify(own));
    const mdms = new ProgramProcess(MAINS.mdms, config).start();
    try {
      const block = async (): Promise<number> => {
        const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        return Number(/^gridproof_mdms_block (.*)$/mu.exec(text)?.[1] ?? Number.NaN);
      };
      await within(60, "it reads blocks", async () => (await block()) > 0);
      const stood = await block();
      await postgres.halt();
      await within(60, "it says so", () => mdms.times(/a turn failed/u) > 0);
      await within(90, "it raises an alert", async () => (await health(port)).includes("repeatedFailures"));
      expect(await health(port), "it is not the node").to.not.include("nodeDown");
      await postgres.resume();
      await within(90, "it goes on", async () => (await block()) > stood);
      expect(mdms.running, mdms.errors).to.equal(true);
      expect(await mdms.stop()).to.equal(0);
    } finally {
      await mdms.stop("SIGKILL");
    }
  });

  describe("a program that cannot work ends with 1 and says why in a line", () => {
    const other = `${folder}-bad`;
    const rubbish = "not a database at all, but as long as one. ".repeat(300);
    const cases: [Program, string, RegExp, (at: (name: string) => string) => object | void][] = [
      [
        "concentrator",
        "another has its queue",
        /in use by another/u,
        () => ({ database: join(folder, "concentrator.sqlite") }),
      ],
      [
        "meters",
        "another has its store",
        /in use by another/u,
        () => ({ database: join(folder, "meters.sqlite") }),
      ],
      [
        "broker",
        "there are no credentials",
        /none\.json: there is no such file/u,
        () => ({ credentials: "none.json" }),
      ],
      ["broker", "another has its port", /EADDRINUSE/u, () => undefined],
      ["broker", "another has its HTTP port", /EADDRINUSE/u, () => ({ port: 0, ...busyHttp() })],
      ["concentrator", "another has its HTTP port", /EADDRINUSE/u, busyHttp],
      ["mdms", "another has its HTTP port", /EADDRINUSE/u, busyHttp],
      ["meters", "another has its HTTP port", /EADDRINUSE/u, busyHttp],
      [
        "mdms",
        "its configuration is cut off",
        /mdms\.json: .*JSON/u,
        (at) => writeFileSync(at("mdms.json"), '{"rpcUrl": "htt'),
      ],
      [
        "meters",
        "its configuration has other types",
        /chainId: .*; metering: .*; broker: .*; window: /u,
        () => ({ chainId: "7", broker: [], window: 1.5, metering: 7 }),
      ],
      [
        "concentrator",
        "its queue is damaged",
        /concentrator\.sqlite: file is not a database/u,
        (at) => writeFileSync(at("concentrator.sqlite"), rubbish),
      ],
      [
        "mdms",
        "its database is damaged",
        /mdms\.sqlite: file is not a database/u,
        (at) => writeFileSync(at("mdms.sqlite"), rubbish),
      ],
      [
        "meters",
        "its store is damaged",
        /meters\.sqlite: file is not a database/u,
        (at) => writeFileSync(at("meters.sqlite"), rubbish),
      ],
      [
        "mdms",
        "others can read its keys",
        /mdms-keys\.json can be read by others/u,
        (at) => chmodSync(at("mdms-keys.json"), 0o644),
      ],
      [
        "meters",
        "others can read its passwords",
        /passwords\.json: mode 0644/u,
        (at) => chmodSync(at("meters-broker.passwords.json"), 0o644),
      ],
      [
        "meters",
        "its passwords are damaged",
        /passwords\.json: not the meters' passwords/u,
        (at) => writeFileSync(at("meters-broker.passwords.json"), "{"),
      ],
      ["mdms", "there is no contract", /no contract Metering/u, () => ({ metering: `0x${"12".repeat(20)}` })],
      ["concentrator", "the contract is another", /no contract Metering/u, () => ({ metering: consortium })],
      [
        "mdms",
        "the chain is another",
        /serves chain \d+, the configuration names 5/u,
        () => ({ chainId: 5 }),
      ],
      [
        "concentrator",
        "the chain is another",
        /serves chain \d+, the configuration names 5/u,
        () => ({ chainId: 5 }),
      ],
      ["mdms", "its node is away", /ECONNREFUSED/u, () => ({ rpcUrl: "http://127.0.0.1:9" })],
      ["concentrator", "its node is away", /ECONNREFUSED/u, () => ({ rpcUrl: "http://127.0.0.1:9" })],
    ];
    let consortium: string;
    before(async () => {
      const { ethers } = await network.getOrCreate();
      const { contracts } = readMeteringDeployment(metering);
      consortium = await Metering__factory.connect(contracts.metering, ethers.provider).consortium();
    });
    for (const [program, what, said, spoil] of cases) {
      it(`${program}: ${what}`, async () => {
        rmSync(other, { recursive: true, force: true });
        cpSync(folder, other, {
          recursive: true,
          filter: (path) => !/(concentrator|mdms)\.sqlite|\.lock$/u.test(path),
        });
        const path = join(other, `${program}.json`);
        if (program !== "broker") configure(program, { http: undefined }, other);
        const change = spoil((name) => join(other, name));
        if (change !== undefined) configure(program, change, other);
        const bad = new ProgramProcess(MAINS[program], path).start();
        try {
          await within(60, "it ends", () => !bad.running);
          expect(await bad.ended()).to.equal(1);
          expect(bad.errors)
            .to.match(said)
            .and.match(/^[^\n]+\n$/u);
        } finally {
          await bad.stop("SIGKILL");
        }
      });
    }
  });

  it("SIGTERM: each ends with 0, and started again brings all that was measured", async () => {
    configure("meters", { pastSeconds: 0, speed: 1 });
    for (const name of PROGRAMS)
      expect(await programs[name].stop(), `${name}: ${programs[name].errors}`).to.equal(0);
    const store = new FleetStore(join(folder, "meters.sqlite"), readSecret(join(folder, "meters.password")));
    const memories = store.meters().map((meter) => store.memory(meter)!);
    store.close();
    for (const name of PROGRAMS) {
      const from = programs[name].logs.length;
      programs[name].start();
      await within(60, `${name} starts`, () => programs[name].times(/started/u, from) > 0);
    }
    const stored = new DatabaseSync(database, { readOnly: true });
    const sum = stored.prepare(
      "SELECT sum(energy_wh) AS wh FROM intervals WHERE quality = 'measured' AND meter = ? AND tau <= ?",
    );
    await within(120, "every reading is stored", () =>
      memories.every(({ meter, lastTime, registerWh }) => sum.get(meter, lastTime)!["wh"] === registerWh),
    );
    stored.close();
  });
});

/** What a program says at `/health`: the status, and the names of the alerts that stand. */
async function health(port: number): Promise<readonly (number | string)[]> {
  const response = await fetch(`http://127.0.0.1:${port}/health`);
  const { alerts } = (await response.json()) as { alerts: { name: string }[] };
  return [response.status, ...alerts.map(({ name }) => name)];
}
