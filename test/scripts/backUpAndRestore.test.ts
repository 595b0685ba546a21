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
import { deleteNetwork } from "../../workers/devnet/stopNetwork.js";
import { workerStatus } from "../../workers/operator/status.js";
import { openStore } from "../../workers/store/openStore.js";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { runScript } from "./runScript.js";

describe("back-up-and-restore.sh", function suite() {
  this.timeout(1_200_000);
  // Before the folder goes, which would take with it the list of what runs.
  after(async () => {
    if (folder !== undefined && existsSync(layout(folder).network)) await deleteNetwork(folder);
  });
  const TMPDIR = temporaryFolder();
  let folder: string | undefined;
  before(async function findEngine() {
    if ((await openGeth()) === undefined) this.skip();
  });

  it("restores validator and worker: nothing is lost, nothing is uploaded or settled twice", async () => {
    const ports = ["--port", String(await freePorts(3 * 4)), "--chain-id", "20294"];
    const ran = await runScript("back-up-and-restore.sh", [...ports, "--keep"], { TMPDIR });
    folder = /GRIDPROOF_DEVNET=([^)]+)\)/u.exec(ran.stdout)?.[1];
    expect(ran.status, `${ran.stdout}\n${ran.stderr}`).to.equal(0);
    const provider = new JsonRpcProvider(devnetUrl(folder));
    try {
      const { contracts: addresses, fromBlock } = readDeployment(join(folder!, "chain.json"));
      const { consortium, ledger } = connectContracts(addresses, provider);
      const found = /^(\d+) of \1 slots are settled$/mu.exec(ran.stdout)!;
      const settled = await ledger.queryFilter(ledger.filters.BatchUploaded(undefined, 3), fromBlock);
      const own = settled.map(({ args }) => Number(args.slot));
      const first = Math.min(...own);
      expect(own).to.have.length(Number(found[1]));
      const slots = await listSlots(ledger, first, first + own.length - 1, fromBlock);
      for (const slot of slots) expect(slot).to.include({ uploads: 4, closings: 1, missing: 0 });
      const members = await readMembers(consortium);
      expect(members.reduce((sum, { credits }) => sum + credits, 0n)).to.equal(4_000_000_000_000n);
      const worker = join(folder!, "..", "worker-4");
      const store = openStore(join(worker, "worker.sqlite"), { readOnly: true });
      try {
        const status = workerStatus(store);
        expect(status.measurements).to.equal(own.length * 6);
        expect(status.problems).to.deep.equal({});
      } finally {
        store.close();
      }
      expect(existsSync(join(folder!, "..", "day", "operator-4"))).to.equal(false);
    } finally {
      provider.destroy();
    }
  });

  it("takes no network of somebody else's: it would delete what it restores", async () => {
    const ran = await runScript("back-up-and-restore.sh", ["--dir", TMPDIR]);
    expect(ran.status).to.equal(1);
    expect(ran.stderr).to.include("it deletes what it restores, so it takes no --dir");
  });
});
