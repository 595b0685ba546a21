import { expect } from "chai";
import { it } from "mocha";
import { absent } from "../support/faults/absent.js";
import { expectSound } from "../support/faults/expectSound.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import type { DeathAt } from "../support/faults/workerProcess.js";

/** Where each operator's worker dies, one life after another. */
const deaths: readonly (readonly DeathAt[])[] = [
  [
    { stage: "journaled", kind: "upload" },
    { stage: "journaled", kind: "settle" },
  ],
  [
    { stage: "broadcast", kind: "upload" },
    { stage: "broadcast", kind: "settle" },
  ],
  [
    { stage: "included", kind: "upload" },
    { stage: "included", kind: "settle" },
  ],
  [{ stage: "cursor" }, { stage: "cursor" }, { stage: "cursor" }],
];

/** Workers killed with SIGKILL at each stage of a slot, each operator's at another. */
export function workerKilled(opened: () => FaultNetwork): void {
  it("workers killed at each stage of a slot: every batch and settlement is done once", async () => {
    const net = opened();
    let lives: unknown[] = [];
    const seats = net.workers.map((_, seat) => seat);
    await absent(net, seats, async () => {
      lives = await Promise.all(
        net.workers.map(async (worker, seat) => {
          const ends: unknown[] = [await worker.stop("SIGKILL")];
          for (const death of deaths[seat]!) {
            worker.start(death);
            ends.push(await worker.ended());
          }
          worker.start();
          return ends;
        }),
      );
    });
    expect(lives).to.deep.equal(deaths.map((own) => ["SIGKILL", ...own.map(() => "SIGKILL")]));
    await expectSound(net);
  });
}
