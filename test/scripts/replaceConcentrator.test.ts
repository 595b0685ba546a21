import { expect } from "chai";
import { before, describe, it } from "mocha";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { checkedBy, runScript } from "./runScript.js";

describe("replace-concentrator.sh", function suite() {
  this.timeout(900_000);
  const TMPDIR = temporaryFolder();
  before(async function findEngine() {
    if ((await openGeth()) === undefined) this.skip();
  });

  it("has every interval in the MDMS, before the loss and after it, and leaves the old concentrator no way in", async () => {
    const ports = ["--port", String(await freePorts(3 * 4)), "--broker-port", String(await freePorts(3))];
    const ran = await runScript("replace-concentrator.sh", [...ports, "--chain-id", "20297"], { TMPDIR });
    expect(ran.status, `${ran.stdout}\n${ran.stderr}`).to.equal(0);
    const checks = checkedBy(ran);
    expect(checks).to.include("the MDMS has every interval of 4 meters");
    expect(checks.at(-1)).to.match(/^the contract knows 0x\w{40} no more$/u);
  });
});
