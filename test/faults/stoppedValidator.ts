import { expect } from "chai";
import { it } from "mocha";
import { startValidator } from "../../workers/devnet/startNetwork.js";
import { stopValidator } from "../../workers/devnet/stopNetwork.js";
import { absent } from "../support/faults/absent.js";
import { expectSound } from "../support/faults/expectSound.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import { within } from "../support/within.js";

/** One validator stopped and back, under its operator's worker. */
export function stoppedValidator(opened: () => FaultNetwork): void {
  it("one validator stopped: three go on, and it comes back to them", async () => {
    const net = opened();
    await absent(net, [1], async () => {
      await stopValidator(net.folder, net.network, 2);
      const height = await net.over(1).getBlockNumber();
      await within(60, "six more blocks", async () => (await net.over(1).getBlockNumber()) >= height + 6);
      await within(60, "an alert names it", async () =>
        (await net.status()).alerts!.some(
          ({ name, subject }) => name === "validatorDown" && subject === "validator-2",
        ),
      );
      const { validators } = await net.status();
      expect(validators[1]).to.include({ running: false, ended: "it was stopped" });
      await startValidator(net.folder, net.network, 2, net.engine, () => undefined);
    });
    await within(60, "it seals", async () => (await net.status()).validators[1]!.sealedRecently);
    await expectSound(net);
  });
}
