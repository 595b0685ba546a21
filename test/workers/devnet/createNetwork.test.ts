import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { describe, it } from "mocha";
import { createNetwork } from "../../../workers/devnet/createNetwork.js";
import { DevnetError } from "../../../workers/devnet/errors.js";
import { layout } from "../../../workers/devnet/layout.js";
import { startDetached, stopProcesses } from "../../../workers/devnet/processes.js";
import { readNetwork } from "../../../workers/devnet/readNetwork.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const options = {
  tier: "wan",
  engine: "clique",
  validators: 1,
  chainId: 20_297,
  blockPeriodSeconds: 1,
  gasLimit: 30_000_000,
  basePort: 18_850,
} as const;

describe("making a network", () => {
  it("leaves nothing in the folder when it is killed in between, and begins anew", async () => {
    const parent = temporaryFolder();
    const folder = join(parent, "net");
    const module = fileURLToPath(new URL("../../../workers/devnet/createNetwork.ts", import.meta.url));
    const script = `
      const { createNetwork } = await import(${JSON.stringify(module)});
      await createNetwork(process.argv[1], ${JSON.stringify({ ...options, validators: 500 })});`;
    const args = ["--import", "tsx", "--input-type=module", "-e", script, folder];
    const pid = startDetached({ program: process.execPath, args }, join(temporaryFolder(), "log"));
    await eventually("the first keys", () =>
      readdirSync(parent).some((name) => existsSync(join(parent, name, "validator-2"))),
    );
    await stopProcesses([pid]);
    expect(existsSync(folder)).to.equal(false);
    const network = await createNetwork(folder, options);
    expect(readNetwork(folder)).to.deep.equal(network);
    expect(readdirSync(parent)).to.deep.equal(["net"]);
    expect(statSync(folder).mode & 0o077).to.equal(0);
    expect(existsSync(layout(folder).validator(1).keystore)).to.equal(true);
  });

  it("refuses a folder in which something else is", async () => {
    const folder = join(temporaryFolder(), "net");
    mkdirSync(folder);
    writeFileSync(join(folder, "notes"), "mine");
    const error: unknown = await createNetwork(folder, options).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(DevnetError);
    expect(readdirSync(folder)).to.deep.equal(["notes"]);
  });
});
