import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { network } from "hardhat";
import { after, before, describe, it } from "mocha";
import { Metering__factory } from "../../typechain-types/index.js";
import { readMeteringDeployment } from "../../workers/metering/chain/meteringDeployment.js";
import type { Completeness } from "../../workers/metering/mdms/completeness.js";
import { FleetStore } from "../../workers/metering/meter/fleetStore.js";
import { readSecret } from "../../workers/program/readSecret.js";
import { freePorts } from "../support/freePorts.js";
import { greenButtonFaults } from "../support/greenButtonSchema.js";
import { METERING_PROGRAMS, MeteringPrograms } from "../support/meteringPrograms.js";
import { presentChain } from "../support/presentChain.js";
import { serveProvider } from "../support/serveProvider.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

describe("metering, provisioned and run as programs", function () {
  this.timeout(300_000);
  const folder = join(temporaryFolder(), "metering");
  const deployment = `${folder}.deployment.json`;
  const metering = `${folder}.contract.json`;
  const list = `${folder}.meters.csv`;
  const database = join(folder, "mdms.sqlite");
  const programs = new MeteringPrograms(folder);
  let server: Awaited<ReturnType<typeof serveProvider>>;
  let chain: Awaited<ReturnType<typeof presentChain>>;
  let shared: Record<string, unknown>;
  /** A date before which nothing is measured: the meters' time begins there. */
  const since = new Date(Date.now() - 8 * 3_600_000).toISOString().replace(/:\d\d\.\d{3}Z$/u, "Z");

  before(async () => {
    // Served to programs.
    chain = await presentChain();
    await jsonOf("deploy", { deployment });
    await jsonOf("metering deploy", { utility: "Operator 2", deployment, metering });
    server = await serveProvider(chain.provider);
    // Blocks go on, so that what is in one becomes confirmed.
    await chain.provider.request({ method: "evm_setIntervalMining", params: [250] });
    shared = { folder, metering, rpcUrl: server.url, port: await freePorts(3), since };
    writeFileSync(list, "serial,usagePoint,customer\nSN-1,P1,Ada\nSN-2,P2,Ben\nSN-3,P3,\n");
  });
  after(async () => {
    await programs.stopAll();
    await server.close();
    await chain.leave();
  });

  it("provisions, with nothing that others can read, and adds what is new without touching what is there", async () => {
    const made = await jsonOf<{ added: number; meters: number }>("metering provision", { list, ...shared });
    expect(made).to.deep.include({ added: 3, meters: 3 });
    const files = (): Map<string, string> =>
      new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString("base64")]));
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o077, name).to.equal(0);
    }
    const earlier = files();
    expect(await jsonOf<object>("metering provision", { list, ...shared })).to.deep.include({
      added: 0,
      meters: 3,
    });
    writeFileSync(list, `${readFileSync(list, "utf8")}SN-4,P4,\n`);
    expect(await jsonOf<object>("metering provision", { list, ...shared })).to.deep.include({
      added: 1,
      meters: 4,
    });
    const later = files();
    const secrets = /^(?!credentials|mdms\.sqlite|meters\.sqlite|utility|meters-broker)/u;
    for (const [name, content] of earlier)
      if (secrets.test(name)) expect(later.get(name), name).to.equal(content);
    expect(passwords(later)).to.include(passwords(earlier)).and.have.property("4");
    const record = readFileSync(join(folder, "utility.json"), "utf8");
    expect(record).to.include("SN-4").and.not.include("identityKey");
    const { contracts } = readMeteringDeployment(metering);
    const { ethers } = await network.getOrCreate();
    const contract = Metering__factory.connect(contracts.metering, ethers.provider);
    expect(await contract.meterCount()).to.equal(4n);
  });

  it("goes on where it was killed between the record and the chain", async () => {
    const path = join(folder, "utility.json");
    const record = JSON.parse(readFileSync(path, "utf8")) as { meters: { done: boolean }[] };
    record.meters[3]!.done = false;
    writeFileSync(path, JSON.stringify(record));
    expect(await jsonOf<object>("metering provision", { list, ...shared })).to.deep.include({
      added: 1,
      meters: 4,
    });
    expect(readFileSync(path, "utf8")).not.to.include("false");
  });

  it("brings every reading from the meters to the MDMS, and exports what the schema takes", async () => {
    for (const program of METERING_PROGRAMS) await programs.start(program);
    await complete(16);
    const out = `${folder}.xml`;
    const made = await jsonOf<{ intervals: number }>("metering export", {
      meter: "SN-2",
      format: "green-button",
      out,
      database,
    });
    expect(made.intervals).to.be.at.least(16);
    const faults = await greenButtonFaults(readFileSync(out, "utf8"));
    if (faults !== undefined) expect(faults).to.deep.equal([]);
    const config = JSON.parse(readFileSync(join(folder, "mdms.json"), "utf8")) as { http: { port: number } };
    const metrics = await (await fetch(`http://127.0.0.1:${config.http.port}/metrics`)).text();
    expect(metrics).to.match(/gridproof_mdms_reports\{state="opened"\} \d\d/u);
  });

  it("replaces a lost concentrator: what the meters still have comes by the new one", async () => {
    await programs.stop("concentrator");
    await programs.stop("meters");
    const { lost, account } = await jsonOf<{ lost: string; account: string }>(
      "metering replace-concentrator",
      {
        folder,
        metering,
      },
    );
    const { ethers } = await network.getOrCreate();
    const contract = Metering__factory.connect(
      readMeteringDeployment(metering).contracts.metering,
      ethers.provider,
    );
    expect([await contract.isConcentrator(lost), await contract.isConcentrator(account)]).to.deep.equal([
      false,
      true,
    ]);
    expect(existsSync(join(folder, `concentrator-account.json.${lost}`))).to.equal(true);
    // A fifth meter has all of its day to report by the new one.
    writeFileSync(list, `${readFileSync(list, "utf8")}SN-5,P5,\n`);
    await jsonOf("metering provision", { list, ...shared });
    await programs.start("meters");
    // What the meters say meanwhile the broker keeps, and hands out at once.
    await programs.start("concentrator");
    await complete(16);
  });

  it("replaces an MDMS whose keys are lost: the meters believe the new one, and the old epochs are over", async () => {
    await programs.stop("mdms");
    await programs.stop("meters");
    const { lost, mdms, meters } = await jsonOf<{ lost: string; mdms: string; meters: number }>(
      "metering replace-mdms",
      { folder, metering },
    );
    expect(mdms).not.to.equal(lost);
    expect(meters).to.equal(5);
    writeFileSync(list, `${readFileSync(list, "utf8")}SN-6,P6,\n`);
    await jsonOf("metering provision", { list, ...shared });
    await programs.start("mdms");
    await programs.start("meters");
    await complete(16);
    // A meter that knew the old one took an epoch key of the new one: it holds what it hears to the identity that it was told.
    const store = new FleetStore(join(folder, "meters.sqlite"), readSecret(join(folder, "meters.password")));
    try {
      expect(store.memory(1)!.mdms).to.equal(mdms);
      while (store.memory(1)!.epoch === undefined) await sleep(200);
      expect(store.memory(1)!.epoch!.epoch).to.equal(2);
    } finally {
      store.close();
    }
  });

  it("revokes keys by the utility's account, and takes the credential of a meter that is revoked", async () => {
    const credential = (): boolean =>
      "2" in (JSON.parse(readFileSync(join(folder, "credentials.json"), "utf8")) as object);
    const revoke = (args: object) =>
      jsonOf<{ state: string }>("metering revoke", { folder, metering, ...args });
    expect(await revoke({ meter: "SN-2", sessions: true })).to.deep.include({
      meter: 2,
      state: "Registered",
    });
    expect(credential()).to.equal(true);
    expect(await revoke({ meter: "P2" })).to.deep.include({ meter: 2, state: "Revoked" });
    expect(credential()).to.equal(false);
    expect((await runTask("metering revoke", { folder, metering, meter: "SN-9" })).error).to.include("SN-9");
    const { epoch } = await jsonOf<{ epoch: number }>("metering revoke-epoch", { metering });
    expect(epoch).to.be.at.least(2);
    const again = await runTask("metering revoke-epoch", { metering, epoch });
    expect(again.error).to.include("MeteringEpochOver");
  });

  /** Waits until of every usage point so many intervals at least are there, and none is missing. */
  async function complete(intervals: number): Promise<void> {
    for (;;) {
      programs.check();
      const gaps = await jsonOf<{ usagePoints: Completeness[] }>("metering gaps", { database });
      if (gaps.usagePoints.every(({ measured, percent }) => measured >= intervals && percent === 100)) return;
      await sleep(200);
    }
  }
});

/** The meters' passwords at the broker, of files in base64 by name. */
function passwords(of: ReadonlyMap<string, string>): object {
  return JSON.parse(Buffer.from(of.get("meters-broker.passwords.json")!, "base64").toString()) as object;
}
