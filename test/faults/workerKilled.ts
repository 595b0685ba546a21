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
    const lives = await Promise.all(
      net.workers.map(async (worker, seat) => {
        const own = deaths[seat]!;
        const ends: unknown[] = [];
        const live = async (): Promise<void> => {
          ends.push(await worker.stop("SIGKILL"));
          for (const death of own) {
            worker.start(death);
            ends.push(await worker.ended());
          }
          worker.start();
        };
        // One that never comes to send anything is away for four starts in a row: on a busy machine that is long.
        if (own.every(({ kind }) => kind === undefined)) await absent(net, [seat], live);
        else await live();
        return ends;
      }),
    );
    expect(lives).to.deep.equal(deaths.map((own) => ["SIGKILL", ...own.map(() => "SIGKILL")]));
    await expectSound(net);
  });
}
