import { join } from "node:path";
import { expect } from "chai";
import { it } from "mocha";
import { cliqueGeth } from "../../workers/devnet/engines/cliqueGeth.js";
import type { Engine } from "../../workers/devnet/engines/types.js";
import { blockAt, onNode } from "../../workers/devnet/nodeState.js";
import { startValidator } from "../../workers/devnet/startNetwork.js";
import { stopValidator } from "../../workers/devnet/stopNetwork.js";
import { absent } from "../support/faults/absent.js";
import { expectSound } from "../support/faults/expectSound.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import { OFFSET_VARIABLE, shiftClock, shiftedGeth } from "../support/faults/shiftedGeth.js";
import { within } from "../support/within.js";

const OFF_SECONDS = 5;
/** Blocks in which every sealer of four has had turns. */
const BLOCKS = 6;
const CONFIRMATIONS = 2;

/** Whether a validator sealed one of the last blocks of another's chain, but for the newest: they may be taken back. */
async function sealsFor(
  { network, engine, at }: FaultNetwork,
  asked: number,
  sealer: number,
): Promise<boolean> {
  const [one, other] = [asked, sealer].map((number) => network.validators[number - 1]!);
  return await onNode(engine, one!, at, async (node) => {
    const { height } = (await blockAt(node))!;
    const heights = Array.from({ length: BLOCKS }, (_, i) => height - CONFIRMATIONS - i);
    const sealers = await Promise.all(heights.map((each) => engine.sealerOf(node, each)));
    return sealers.some((account) => account.toLowerCase() === other!.address.toLowerCase());
  });
}

/** Whether an alert stands that names the validator; one that is behind may have lost its peers before it has taken enough blocks. */
async function isNamed(net: FaultNetwork, seconds: number): Promise<boolean> {
  const names = (await net.status()).alerts?.filter(({ subject }) => subject === "validator-4") ?? [];
  const telling = seconds > 0 ? ["clockOff"] : ["clockOff", "validatorBehind", "validatorNotSealing"];
  return names.some(({ name }) => telling.includes(name));
}

/** A validator whose clock goes wrong while it runs, ahead and behind. */
export function wrongClock(opened: () => FaultNetwork): void {
  it("a clock 5 s off: its validator seals nothing and the rest go on; restarted with the right time it is back", async function test() {
    const geth = await shiftedGeth((text) => void process.stdout.write(`    ${text}\n`));
    if (geth === undefined) {
      this.skip();
      return;
    }
    const net = opened();
    const sealedBy4 = async (): Promise<boolean> => await sealsFor(net, 1, 4);
    const offset = join(net.folder, "clock-offset");
    const withOffset = cliqueGeth(geth);
    const shifted: Engine = { ...net.engine, start: (...of) => withOffset.start(...of) };
    const restart = async (engine = shifted): Promise<void> => {
      await stopValidator(net.folder, net.network, 4);
      await startValidator(net.folder, net.network, 4, engine, () => undefined);
      await within(60, "it seals with the right time", sealedBy4);
    };
    shiftClock(offset, 0);
    process.env[OFFSET_VARIABLE] = offset;
    try {
      await restart();
      await absent(net, [3], async () => {
        for (const seconds of [OFF_SECONDS, -OFF_SECONDS]) {
          shiftClock(offset, seconds);
          // What it had sealed by then must be among the blocks that are looked at before it can be past them.
          const shiftedAt = await net.over(1).getBlockNumber();
          await within(60, `it seals no more, ${seconds} s off`, async () => {
            const now = await net.over(1).getBlockNumber();
            return now > shiftedAt + CONFIRMATIONS && !(await sealedBy4());
          });
          const height = await net.over(1).getBlockNumber();
          let sealed = false;
          await within(60, "the others go on", async () => {
            sealed ||= await sealedBy4();
            return (await net.over(1).getBlockNumber()) >= height + BLOCKS;
          });
          expect(sealed, `${seconds} s off`).to.equal(false);
          await within(90, "an alert names it", async () => await isNamed(net, seconds));
          shiftClock(offset, 0);
          // One that was behind has dropped its peers, and would need a minute and more to find back by itself.
          await restart(seconds > 0 ? shifted : net.engine);
        }
      });
    } finally {
      delete process.env[OFFSET_VARIABLE];
    }
    await expectSound(net);
  });
}
