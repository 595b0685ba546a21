import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { HDNodeWallet, Mnemonic, Wallet } from "ethers";
import { network } from "hardhat";
import { after, before, describe, it } from "mocha";
import { tasks } from "../../tasks/index.js";
import { createKeystore } from "../../workers/crypto/keystore.js";
import { temporaryFolder } from "../support/temporaryFolder.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HARDHAT = join(ROOT, "node_modules", ".bin", "hardhat");

interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program at the root of the project, as the wrapper does for a user who stands in `folder`. */
async function run(
  folder: string,
  program: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Run> {
  const { GRIDPROOF_OPERATOR_KEY: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    GRIDPROOF_CWD: folder,
    HARDHAT_DISABLE_TELEMETRY: "true",
    NO_COLOR: "1",
    ...environment,
  };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** One line for the user, no stack. */
function expectOneLine({ status, stderr }: Run, expected: RegExp): void {
  expect(stderr)
    .to.match(/^gridproof: [^\n]*\n$/)
    .and.to.match(expected);
  expect(status).to.equal(1);
}

describe("the command line as processes", () => {
  const folder = temporaryFolder();

  it("lists every task with its one line, from the definitions", async () => {
    const { stdout, status } = await run(folder, process.execPath, ["--import", "tsx", "tasks/help.ts"]);
    expect(status).to.equal(0);
    for (const definition of tasks) {
      if (!("positionalArguments" in definition)) continue;
      const line = stdout.split("\n").find((text) => text.startsWith(`  ${definition.id.join(" ")} `));
      expect(line, definition.id.join(" ")).to.include(definition.description);
    }
    expect(stdout).to.include("--help");
  });

  it("explains a task as it is called, arguments in their order and every option", async () => {
    const { stdout, status } = await run(folder, process.execPath, [
      "--import",
      "tsx",
      "tasks/help.ts",
      "slot",
      "upload",
      "--help",
    ]);
    expect(status).to.equal(0);
    expect(stdout).to.include("Usage: ./gridproof slot upload SLOT FILE [OPTIONS]");
    expect(stdout).to.match(/\n {2}SLOT .*\n {2}FILE /u);
    for (const option of ["as", "deployment", "json", "keystore", "password-file", "network"]) {
      expect(stdout).to.include(`\n  --${option} `);
    }
    const group = await run(folder, process.execPath, ["--import", "tsx", "tasks/help.ts", "slot", "-h"]);
    expect(group.stdout).to.include("slot upload SLOT FILE").and.not.include("grid propose");
    const none = await run(folder, process.execPath, ["--import", "tsx", "tasks/help.ts", "solt", "-h"]);
    expectOneLine(none, /there is no task solt/u);
  });

  it("describes every task, argument and option", () => {
    for (const definition of tasks) {
      expect(definition.description, definition.id.join(" ")).to.be.a("string").and.not.equal("");
      if (!("positionalArguments" in definition)) continue;
      const parts = [...definition.positionalArguments, ...Object.values(definition.options)];
      for (const { name, description } of parts) {
        expect(description, `${definition.id.join(" ")} ${name}`)
          .to.be.a("string")
          .and.not.equal("");
      }
    }
  });

  it("inspects a grid as exactly the JSON that is promised", async () => {
    const { stdout, status } = await run(folder, HARDHAT, ["grid", "inspect", "ieee14", "--json", "-"]);
    expect(status).to.equal(0);
    const found = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
    expect(Object.keys(found)).to.deep.equal([
      "buses",
      "lines",
      "meters",
      "states",
      "nonzeros",
      "observable",
      "unobservableBuses",
      "criticalMeters",
      "milliseconds",
    ]);
    expect(Object.keys(found["nonzeros"]!)).to.deep.equal(["h", "g", "l"]);
    expect(Object.keys(found["milliseconds"]!)).to.deep.equal([
      "factor",
      "refactor",
      "estimate",
      "normalisedResiduals",
    ]);
  });

  it("names the buses of a grid that is not observable, and exits with 0", async () => {
    writeFileSync(join(folder, "few.csv"), "meter,kind,place,sigma,owner\nF1,flowFrom,1,800,A\n");
    const args = ["grid", "inspect", "ieee14", "--plan", "few.csv", "--json", "few.json"];
    const { stdout, status } = await run(folder, HARDHAT, args);
    expect(status).to.equal(0);
    expect(stdout).to.include("Not observable: the meters leave the angle of 12 buses 3, 4, 5");
    // Beside the user, who stands in the folder: paths are as the user means them.
    const found = JSON.parse(readFileSync(join(folder, "few.json"), "utf8")) as Record<string, unknown>;
    expect(found).to.deep.include({ observable: false, criticalMeters: [] });
    expect(found["unobservableBuses"]).to.have.length(12);
  });

  it("says in one line what is wrong with a file", async () => {
    writeFileSync(join(folder, "broken.json"), '{\n  "format": "gridproof-grid/1",\n  "name": 5\n}\n');
    expectOneLine(await run(folder, HARDHAT, ["grid", "inspect", "broken.json"]), /broken\.json:3: /);
    expectOneLine(
      await run(folder, HARDHAT, ["grid", "inspect", "none.m"]),
      /none\.m: expected a readable file/,
    );
    expectOneLine(await run(folder, HARDHAT, ["worker", "status", "none.json"]), /none\.json/);
  });

  it("does nothing if the folder of a file to write does not exist", async () => {
    const args = ["grid", "inspect", "ieee14", "--json", join("none", "x.json")];
    const refused = await run(folder, HARDHAT, args);
    expectOneLine(refused, /--json none\/x\.json: the folder .* does not exist/);
    expect(refused.stdout).to.equal("");
    expect(existsSync(join(folder, "none"))).to.equal(false);
  });

  it("says in one line that a node is down, and that the embedded network starts empty", async () => {
    writeFileSync(
      join(folder, "addresses.json"),
      JSON.stringify({
        network: "local",
        chainId: 31337,
        fromBlock: 0,
        contracts: {
          consortium: `0x${"1".repeat(40)}`,
          registry: `0x${"2".repeat(40)}`,
          ledger: `0x${"3".repeat(40)}`,
        },
      }),
    );
    const show = ["credits", "show", "--deployment", "addresses.json"];
    // Nothing listens on port 1.
    const down = await run(folder, HARDHAT, [...show, "--network", "local"], {
      GRIDPROOF_RPC_URL: "http://127.0.0.1:1",
    });
    expectOneLine(down, /the node does not answer/);
    expectOneLine(await run(folder, HARDHAT, show), /no contracts at these addresses/);
    expectOneLine(await run(folder, HARDHAT, ["credits", "show"]), /lives as long as one command/);
  });

  describe("against a node", () => {
    const mnemonic = Mnemonic.fromPhrase("test test test test test test test test test test test junk");
    const wallets = [0, 1, 2].map((i) => HDNodeWallet.fromMnemonic(mnemonic, `m/44'/60'/0'/0/${i}`));
    const [deployer, north, south] = wallets.map(({ privateKey }) => new Wallet(privateKey)) as [
      Wallet,
      Wallet,
      Wallet,
    ];
    let close: (() => Promise<void>) | undefined;
    let url = "";

    const task = async (args: readonly string[], environment: Record<string, string> = {}): Promise<Run> =>
      run(folder, HARDHAT, [...args, "--deployment", "chain.json", "--network", "local"], {
        GRIDPROOF_RPC_URL: url,
        ...environment,
      });
    const creditsOf = async (): Promise<bigint[]> => {
      const { stdout } = await task(["credits", "show", "--json", "-"]);
      return (JSON.parse(stdout) as { members: { credits: string }[] }).members.map(({ credits }) =>
        BigInt(credits),
      );
    };

    before(async () => {
      const server = await network.createServer({ network: "node" }, "127.0.0.1", 0);
      const { port } = await server.listen();
      url = `http://127.0.0.1:${port}`;
      close = async () => server.close();
      const founders = [
        { name: "North", account: north.address },
        { name: "South", account: south.address },
      ];
      writeFileSync(join(folder, "founders.json"), JSON.stringify({ founders }));
      const { status, stdout, stderr } = await task(
        ["--no-typechain", "deploy", "--founders", "founders.json"],
        {
          GRIDPROOF_OPERATOR_KEY: deployer.privateKey,
        },
      );
      expect(status, stderr).to.equal(0);
      expect(stdout).to.include("none left");
    });
    after(async () => close?.());

    it("signs with the key of the environment", async () => {
      const { status, stderr } = await task(["credits", "transfer", "South", "1000"], {
        GRIDPROOF_OPERATOR_KEY: north.privateKey,
      });
      expect(status, stderr).to.equal(0);
      expect(await creditsOf()).to.deep.equal([10n ** 12n - 1_000n, 10n ** 12n + 1_000n]);
    });

    it("signs with the key of a keystore, which wins over the environment", async () => {
      await createKeystore(join(folder, "south.json"), south, "correct horse", { scryptN: 1024 });
      writeFileSync(join(folder, "password"), "correct horse\n", { mode: 0o600 });
      const keys = ["--keystore", "south.json", "--password-file", "password"];
      const { status, stderr } = await task(["credits", "transfer", "North", "400", ...keys], {
        GRIDPROOF_OPERATOR_KEY: north.privateKey,
      });
      expect(status, stderr).to.equal(0);
      expect(await creditsOf()).to.deep.equal([10n ** 12n - 600n, 10n ** 12n + 600n]);
    });

    it("never says a key, and says in one line that it does not work", async () => {
      const secret = `${"ab".repeat(31)}xy`;
      const bad = await task(["credits", "transfer", "South", "1"], { GRIDPROOF_OPERATOR_KEY: secret });
      expectOneLine(bad, /GRIDPROOF_OPERATOR_KEY: not a private key/);
      expect(bad.stderr + bad.stdout).to.not.include(secret);
      const stranger = Wallet.createRandom();
      const refused = await task(["grid", "veto", "1"], { GRIDPROOF_OPERATOR_KEY: stranger.privateKey });
      expectOneLine(refused, /the contract refused: ConsortiumNotMember|cannot pay/);
    });

    it("writes the addresses where they were asked for", () => {
      expect(existsSync(join(folder, "chain.json"))).to.equal(true);
    });
  });
});
