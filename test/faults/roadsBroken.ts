import { expect } from "chai";
import { it } from "mocha";
import { absent } from "../support/faults/absent.js";
import { expectSound } from "../support/faults/expectSound.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import type { RoadState } from "../support/faults/rpcProxy.js";
import { within } from "../support/within.js";

/** The longest that a slot may wait for is 30 s: two slots of trouble leave room for the rest. */
const BLOCKS_OF_TROUBLE = 10;

const troubles: readonly (readonly [what: string, seat: number, state: RoadState])[] = [
  ["refuses connections", 0, "refuse"],
  ["takes connections and does not answer", 1, "hang"],
  ["answers 5 s late", 2, { delayMilliseconds: 5_000 }],
];

/** The JSON-RPC of three validators refuses, hangs and is slow, each for its operator's worker. */
export function roadsBroken(opened: () => FaultNetwork): void {
  it("a node's port refuses, hangs or is slow: each worker says so once, waits, and goes on", async () => {
    const net = opened();
    const said = net.workers.map(({ logs }) => logs.length);
    const seats = troubles.map(([, seat]) => seat);
    await absent(net, seats, async () => {
      for (const [, seat, state] of troubles) await net.roads[seat]!.set(state);
      // The fourth road is open: its operator, and with it the chain, goes on.
      const height = await net.over(4).getBlockNumber();
      await within(
        90,
        "blocks go on",
        async () => (await net.over(4).getBlockNumber()) >= height + BLOCKS_OF_TROUBLE,
      );
      for (const seat of seats) await net.roads[seat]!.set("open");
    });
    await expectSound(net);
    for (const [what, seat, state] of troubles) {
      const logs = net.workers[seat]!.logs.slice(said[seat]);
      const down = logs.filter(({ msg }) => msg.startsWith("the node does not answer"));
      // One that is slow but answers in time is not down.
      if (typeof state === "string") expect(down.length, what).to.equal(1);
      expect(
        logs.filter(({ msg }) => msg === "a turn failed; trying again"),
        what,
      ).to.deep.equal([]);
    }
  });
}
