import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { it } from "mocha";
import { startValidator } from "../../workers/devnet/startNetwork.js";
import { runningOf } from "../../workers/devnet/running.js";
import { absent } from "../support/faults/absent.js";
import { expectSound } from "../support/faults/expectSound.js";
import { canLimitFiles, limitFiles } from "../support/faults/fileSizeLimit.js";
import { fundedWallets } from "../support/faults/fundedWallets.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import { within } from "../support/within.js";

/** Room that a node's log is left. */
const LOG_BYTES = 64 * 1024;
/** Call data of a transaction that fills files: as much as the pool takes. */
const BALLAST_BYTES = 100 * 1024;

/** A node, then a worker, whose writes fail as on a full disk. */
export function fullDisk(opened: () => FaultNetwork): void {
  it("a node whose disk cannot be written: it ends and says why, and follows again with room", async function test() {
    if (!(await canLimitFiles())) {
      this.skip();
      return;
    }
    const net = opened();
    const files = net.at.validator(4);
    const database = join(files.data, "geth", "chaindata");
    const journals = readdirSync(database).filter((file) => file.endsWith(".log"));
    const sizes = journals.map((file) => statSync(join(database, file)).size);
    const limit = Math.max(...sizes, statSync(files.log).size + LOG_BYTES);
    const [ballast] = await fundedWallets(net, [1]);
    await absent(net, [3], async () => {
      await limitFiles((await runningOf(net.folder, net.network)).validators.get(4)!, limit);
      // Blocks fill its files, the sooner the larger they are.
      const data = `0x${"5a".repeat(BALLAST_BYTES)}`;
      await within(90, "the node ends", async () => {
        await (await ballast!.sendTransaction({ to: ballast!.address, data })).wait();
        return !(await net.status()).validators[3]!.running;
      });
      expect((await net.status()).validators[3]!.ended).to.match(/^panic: .*file too large/u);
      const height = await net.over(1).getBlockNumber();
      await within(60, "the others go on", async () => (await net.over(1).getBlockNumber()) >= height + 4);
      await startValidator(net.folder, net.network, 4, net.engine, () => undefined);
    });
    await within(60, "it seals", async () => (await net.status()).validators[3]!.sealedRecently);
    await expectSound(net);
  });

  it("a worker whose disk cannot be written: it says so once, does nothing, and goes on with room", async function test() {
    if (!(await canLimitFiles())) {
      this.skip();
      return;
    }
    const net = opened();
    const worker = net.workers[0]!;
    const said = worker.logs.length;
    const since = (): typeof worker.logs => worker.logs.slice(said);
    await limitFiles(worker.pid, 0);
    const slot = net.feeder.last;
    await within(60, "two more slots", () => net.feeder.last >= slot + 2);
    await within(60, "it says so", () => since().some(({ msg }) => msg.startsWith("the disk")));
    await limitFiles(worker.pid, undefined);
    await expectSound(net);
    const times = (text: string): number => since().filter(({ msg }) => msg === text).length;
    expect(times("the disk is not writable; trying again until it is")).to.equal(1);
    for (const wrong of ["a turn failed; trying again", "slot cannot be estimated", "slot cannot be settled"])
      expect(times(wrong), wrong).to.equal(0);
    expect(since().some(({ msg }) => msg === "going on")).to.equal(true);
  });
}
