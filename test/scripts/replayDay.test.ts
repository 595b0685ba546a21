import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import { after, before, describe, it } from "mocha";
import { connectContracts } from "../../workers/chain/connectContracts.js";
import { readDeployment } from "../../workers/chain/deploymentFile.js";
import { listSlots } from "../../workers/chain/listSlots.js";
import { readMembers } from "../../workers/chain/readMembers.js";
import { devnetUrl } from "../../workers/devnet/devnetUrl.js";
import { layout } from "../../workers/devnet/layout.js";
import { processesOf } from "../../workers/devnet/processes.js";
import { deleteNetwork } from "../../workers/devnet/stopNetwork.js";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { checkedBy, runScript } from "./runScript.js";

/** Hours of a day: fewer than the 96 of the default, so that it takes a minute. */
const SLOTS = 24;

describe("replay-day.sh", function suite() {
  this.timeout(900_000);
  // Before the folder goes, which would take with it the list of what runs.
  after(async () => {
    if (folder !== undefined && existsSync(layout(folder).network)) await deleteNetwork(folder);
  });
  // Where the script makes its network, so that it can be looked at afterwards.
  const TMPDIR = temporaryFolder();
  let folder: string | undefined;
  before(async function findEngine() {
    if ((await openGeth()) === undefined) this.skip();
  });

  it("has four workers settle every slot of a day once, with all values, and ends them", async () => {
    const ports = ["--port", String(await freePorts(3 * 4)), "--chain-id", "20296"];
    const ran = await runScript("replay-day.sh", [...ports, "--slots", String(SLOTS), "--keep"], { TMPDIR });
    folder = /GRIDPROOF_DEVNET=([^)]+)\)/u.exec(ran.stdout)?.[1];
    expect(ran.status, `${ran.stdout}\n${ran.stderr}`).to.equal(0);
    expect(checkedBy(ran)).to.include(
      `all ${SLOTS} slots were settled once, with every value and a certificate`,
    );
    const [, first, last] = /^slots (\d+) to (\d+), 304 meters$/mu.exec(ran.stdout)!.map(Number);

    const provider = new JsonRpcProvider(devnetUrl(folder));
    try {
      const { contracts: addresses, fromBlock } = readDeployment(join(folder!, "chain.json"));
      const { consortium, ledger } = connectContracts(addresses, provider);
      const slots = await listSlots(ledger, first!, last!, fromBlock);
      expect(slots).to.have.length(SLOTS);
      for (const slot of slots) expect(slot).to.include({ uploads: 4, closings: 1, missing: 0 });
      const members = await readMembers(consortium);
      expect(members.reduce((sum, { credits }) => sum + credits, 0n)).to.equal(4_000_000_000_000n);
      // Who shares more meters than the average gains, the others pay for it: the day moved something.
      expect(new Set(members.map(({ credits }) => credits)).size).to.be.above(1);
    } finally {
      provider.destroy();
    }
    const work = join(folder!, "..");
    const configurations = [1, 2, 3, 4].map((n) => join(work, `worker-${n}`, "worker.json"));
    for (const file of configurations) expect(existsSync(file)).to.equal(true);
    expect(await processesOf(configurations)).to.deep.equal([]);
  });
});
