import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { before, describe, it } from "mocha";
import type { MeteringBench } from "../../bench/metering/meteringBench.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { runTask } from "../tasks/runTask.js";

describe("household metering on a network whose programs are killed", function suite() {
  this.timeout(900_000);
  const folder = temporaryFolder();

  before(async function findEngine() {
    if ((await openGeth()) === undefined) this.skip();
  });

  it("has every reading exactly once in the MDMS", async () => {
    const json = join(folder, "soak.json");
    const [meters, rate, seconds] = [30, 10, 45];
    const { error, stderr } = await runTask("bench metering", {
      meters,
      rate,
      seconds,
      soak: true,
      seed: 7,
      json,
    });
    expect(error, stderr).to.equal(undefined);
    const found = JSON.parse(readFileSync(json, "utf8")) as MeteringBench;
    expect(found.measured).to.equal(rate * seconds);
    expect(found).to.include({ stored: rate * seconds, lost: 0, doubled: 0, unreadable: 0 });
    expect(found.chain).to.include({ accepted: rate * seconds, doubled: 0 });
    const { concentrator, mdms, validator } = found.kills!;
    expect(concentrator + mdms + validator).to.be.at.least(3);
  });
});
