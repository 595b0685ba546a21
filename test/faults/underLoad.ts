import { expect } from "chai";
import { it } from "mocha";
import { startValidator } from "../../workers/devnet/startNetwork.js";
import { runningOf } from "../../workers/devnet/running.js";
import { absent } from "../support/faults/absent.js";
import { expectSound } from "../support/faults/expectSound.js";
import { Load } from "../support/faults/load.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import { within } from "../support/within.js";

/** The validator that is killed. */
const VICTIM = 3;
/** Of each of the senders: 300 transactions a second come from three. */
const RATE = 100;
const SECONDS = 12;

/** A validator killed under a load of plain transactions, some of which only it has seen. */
export function underLoad(opened: () => FaultNetwork): void {
  it("a validator killed under load: no transaction that was taken is lost", async () => {
    const net = opened();
    const senders = [1, 2, VICTIM];
    const load = await Load.prepare(net, senders, RATE * SECONDS);
    const sending = load.run(RATE);
    await within(60, "the load is under way", () => load.taken(VICTIM) > RATE);
    await absent(net, [VICTIM - 1], async () => {
      process.kill((await runningOf(net.folder, net.network)).validators.get(VICTIM)!, "SIGKILL");
      const height = await net.over(1).getBlockNumber();
      await within(60, "the others go on", async () => (await net.over(1).getBlockNumber()) >= height + 4);
      expect(load.taken(VICTIM)).to.be.lessThan(RATE * SECONDS);
      await startValidator(net.folder, net.network, VICTIM, net.engine, () => undefined);
    });
    await sending;
    await within(120, "all transactions in blocks", async () => await load.allIncluded());
    await load.expectIncludedOnce();
    await expectSound(net);
  });
}
