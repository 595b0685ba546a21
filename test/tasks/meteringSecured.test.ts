import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { openDatabase } from "../../workers/metering/mdms/database/openDatabase.js";
import { freePorts } from "../support/freePorts.js";
import { makeCertificates, type TestCertificates } from "../support/makeCertificates.js";
import { METERING_PROGRAMS, MeteringPrograms } from "../support/meteringPrograms.js";
import { openPostgres, type TestPostgres } from "../support/openPostgres.js";
import { presentChain } from "../support/presentChain.js";
import { serveProvider } from "../support/serveProvider.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

const PASSWORD = "an elephant in the cellar";

describe("metering, provisioned with TLS and PostgreSQL", function () {
  this.timeout(300_000);
  const outside = temporaryFolder();
  const folder = join(outside, "metering");
  const programs = new MeteringPrograms(folder);
  const list = join(outside, "meters.csv");
  let certificates: TestCertificates;
  let postgres: TestPostgres | undefined;
  let database: string;
  let server: Awaited<ReturnType<typeof serveProvider>> | undefined;
  let chain: Awaited<ReturnType<typeof presentChain>>;
  let shared: Record<string, unknown>;
  let tls: Record<string, string>;

  before(async function () {
    const made = makeCertificates(outside);
    if (made === undefined) {
      this.skip();
      return;
    }
    certificates = made;
    postgres = await openPostgres(PASSWORD);
    if (postgres === undefined) {
      this.skip();
      return;
    }
    database = postgres.create("metering");
    // As libpq has it: HOST:PORT:DATABASE:USER:PASSWORD.
    const passFile = join(outside, "pgpass");
    writeFileSync(passFile, `*:*:metering:gridproof:${PASSWORD}\n`, { mode: 0o600 });
    process.env["PGPASSFILE"] = passFile;
    chain = await presentChain();
    const [deployment, metering] = [join(outside, "deployment.json"), join(outside, "contract.json")];
    await jsonOf("deploy", { deployment });
    await jsonOf("metering deploy", { utility: "Operator 2", deployment, metering });
    server = await serveProvider(chain.provider);
    await chain.provider.request({ method: "evm_setIntervalMining", params: [250] });
    const since = new Date(Date.now() - 4 * 3_600_000).toISOString().replace(/:\d\d\.\d{3}Z$/u, "Z");
    shared = { list, folder, metering, rpcUrl: server.url, port: await freePorts(3), since };
    writeFileSync(list, "serial,usagePoint,customer\nSN-1,P1,Ada\nSN-2,P2,\n");
    const { certFile, keyFile } = certificates.issue("broker", "IP:127.0.0.1");
    tls = { tlsCert: certFile, tlsKey: keyFile, tlsCa: certificates.caFile };
  });
  after(async () => {
    await programs.stopAll();
    delete process.env["PGPASSFILE"];
    if (server !== undefined) {
      await server.close();
      await chain.leave();
    }
    await postgres?.stop();
  });

  const refusal = async (args: object): Promise<string | undefined> =>
    (await runTask("metering provision", { ...shared, ...tls, database, ...args })).error;

  it("makes nothing of a certificate that clients would not believe, or of a database that does not open", async () => {
    const other = certificates.issue("other", "DNS:broker.example");
    expect(await refusal({ tlsCert: other.certFile, tlsKey: other.keyFile })).to.include(
      "would not believe it",
    );
    expect(await refusal({ tlsKey: other.keyFile })).to.include("is not the key of");
    expect(await refusal({ tlsKey: undefined })).to.include("--tls-key");
    expect(
      await refusal({ tlsCert: undefined, tlsKey: undefined, tlsCa: undefined, host: "broker.example" }),
    ).to.include("needs a certificate");
    expect(await refusal({ database: database.replace("@", ":secret@") })).to.match(
      /PGPASSFILE(?!.*secret)/u,
    );
    expect(await refusal({ database: `${database}&password=secret` })).to.match(/PGPASSFILE(?!.*secret)/u);
    expect(await refusal({ database: database.replace("/metering?", "/absent?") })).to.include(
      "PostgreSQL does not open",
    );
    expect(readdirSync(folder).filter((name) => name !== "utility.json")).to.deep.equal([]);
  });

  it("writes TLS and database into the configurations, and holds later calls to them", async () => {
    expect(await jsonOf("metering provision", { ...shared, ...tls, database })).to.deep.include({ added: 2 });
    const config = (name: string) =>
      JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Record<string, unknown>;
    expect(config("broker")["tls"]).to.deep.equal({ certFile: tls["tlsCert"], keyFile: tls["tlsKey"] });
    const url = `mqtts://127.0.0.1:${String(shared["port"])}`;
    for (const name of ["concentrator", "mdms", "meters"]) {
      expect(config(name)["broker"], name).to.deep.include({ url, caFile: tls["tlsCa"] });
    }
    expect(config("mdms")["database"]).to.equal(database);
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name)).includes(PASSWORD), name).to.equal(false);
    }
    expect(await refusal({ database: join(folder, "mdms.sqlite") })).to.include("database of");
    expect(await refusal({ host: "localhost" })).to.include("broker.json");
    // A longer list goes where the first went, whether it is said again or not.
    writeFileSync(list, `${readFileSync(list, "utf8")}SN-3,P3,\n`);
    expect(await jsonOf("metering provision", shared)).to.deep.include({ added: 1, meters: 3 });
    expect(await jsonOf("metering provision", { ...shared, ...tls, database })).to.deep.include({ added: 0 });
    expect(readdirSync(folder)).not.to.include("mdms.sqlite");
    const opened = await openDatabase(database);
    try {
      expect(await opened.all("SELECT serial FROM serials ORDER BY meter")).to.deep.equal(
        ["SN-1", "SN-2", "SN-3"].map((serial) => ({ serial })),
      );
    } finally {
      await opened.close();
    }
  });

  it("writes a configuration that was deleted as it is asked for", async () => {
    rmSync(join(folder, "meters.json"));
    await jsonOf("metering provision", { ...shared, ...tls });
    expect(readFileSync(join(folder, "meters.json"), "utf8")).to.include("mqtts:");
  });

  it("brings every reading to the MDMS in PostgreSQL, through the programs as they are provisioned", async () => {
    for (const program of METERING_PROGRAMS) await programs.start(program);
    for (;;) {
      programs.check();
      const { usagePoints } = await jsonOf<{ usagePoints: { measured: number; percent: number }[] }>(
        "metering gaps",
        { database },
      );
      if (usagePoints.length === 3 && usagePoints.every((of) => of.measured >= 8 && of.percent === 100))
        break;
      await sleep(200);
    }
  });

  it("lets nobody in without TLS", async () => {
    const { port } = shared as { port: number };
    const { connect } = await import("mqtt");
    const client = connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, connectTimeout: 20_000 });
    const ended = await new Promise<string>((done) => {
      client.once("connect", () => done("connected"));
      client.once("close", () => done("closed"));
      client.on("error", () => undefined);
    });
    await client.endAsync(true);
    expect(ended).to.equal("closed");
  });
});
