import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { Metering__factory } from "../../typechain-types/index.js";
import {
  type MeteringDeployment,
  readMeteringDeployment,
} from "../../workers/metering/chain/meteringDeployment.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

describe("metering deploy", () => {
  const folder = temporaryFolder();
  const deployment = join(folder, "here.json");
  const metering = join(folder, "metering.json");
  before(async () => {
    await jsonOf("deploy", { deployment });
  });

  it("deploys for the utility that is named, writes the address down, and is not the deployer's", async () => {
    const { error } = await runTask("metering deploy", { utility: "Nobody", deployment, metering });
    expect(error).to.include("Nobody");
    expect(existsSync(metering)).to.equal(false);
    const made = await jsonOf<MeteringDeployment>("metering deploy", {
      utility: "Operator 3",
      intervalSeconds: 900,
      deployment,
      metering,
    });
    const written = readMeteringDeployment(metering);
    expect(written.contracts).to.deep.equal(made.contracts);
    expect(written.rules).to.deep.equal({
      intervalSeconds: 900,
      sessionSeconds: 86_400,
      overlapSeconds: 3_600,
    });
    const { ethers } = await network.getOrCreate();
    const contract = Metering__factory.connect(made.contracts.metering, ethers.provider);
    expect(await contract.utilitySeat()).to.equal(2n);
    expect((await contract.rules()).intervalSeconds).to.equal(900n);
    const [deployer] = await ethers.getSigners();
    expect(await contract.isConcentrator(deployer!)).to.equal(false);
  });

  it("does not lose the address of one that is in use, and says which rule is out of bounds", async () => {
    const again = await runTask("metering deploy", { utility: "Operator 3", deployment, metering });
    expect(again.error).to.include("in use");
    const wrong = await runTask("metering deploy", {
      utility: "Operator 3",
      intervalSeconds: 5,
      deployment,
      metering: join(folder, "other.json"),
    });
    expect(wrong.error).to.include("MeteringBadRules");
    expect(existsSync(join(folder, "other.json"))).to.equal(false);
  });
});
