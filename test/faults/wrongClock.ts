import { join } from "node:path";
import { expect } from "chai";
import { it } from "mocha";
import { cliqueGeth } from "../../workers/devnet/engines/cliqueGeth.js";
import { startValidator } from "../../workers/devnet/startNetwork.js";
import { stopValidator } from "../../workers/devnet/stopNetwork.js";
import { expectSound } from "../support/faults/expectSound.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import { OFFSET_VARIABLE, shiftClock, shiftedGeth } from "../support/faults/shiftedGeth.js";
import { within } from "../support/within.js";

const OFF_SECONDS = 5;
/** Blocks in which a sealer of four has had several turns. */
const BLOCKS = 12;

/** A validator whose clock goes wrong while it runs, ahead and behind. */
export function wrongClock(opened: () => FaultNetwork): void {
  it("a clock 5 s off: its validator seals nothing, the rest go on, and it is back once it is right", async function test() {
    const geth = await shiftedGeth((text) => void process.stdout.write(`    ${text}\n`));
    if (geth === undefined) {
      this.skip();
      return;
    }
    const net = opened();
    const sealedBy4 = async (): Promise<boolean> => (await net.status()).validators[3]!.sealedRecently;
    const offset = join(net.folder, "clock-offset");
    shiftClock(offset, 0);
    process.env[OFFSET_VARIABLE] = offset;
    try {
      await stopValidator(net.folder, net.network, 4);
      const shifted = { ...net.engine, start: cliqueGeth(geth).start };
      await startValidator(net.folder, net.network, 4, shifted, () => undefined);
      await within(60, "it seals with the right time", sealedBy4);
      for (const seconds of [OFF_SECONDS, -OFF_SECONDS]) {
        shiftClock(offset, seconds);
        await within(60, `it seals no more, ${seconds} s off`, async () => !(await sealedBy4()));
        const height = await net.over(1).getBlockNumber();
        await within(
          60,
          "the others go on",
          async () => (await net.over(1).getBlockNumber()) >= height + BLOCKS,
        );
        expect(await sealedBy4(), `${seconds} s off`).to.equal(false);
        shiftClock(offset, 0);
        await within(60, "it seals again", sealedBy4);
      }
    } finally {
      delete process.env[OFFSET_VARIABLE];
    }
    await expectSound(net);
  });
}
