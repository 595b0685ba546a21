import { after, afterEach, before, describe } from "mocha";
import { describeFaulty } from "../support/faults/describeFaulty.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import { openFaultNetwork } from "../support/faults/openFaultNetwork.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { fullDisk } from "./fullDisk.js";
import { majorityLost } from "./majorityLost.js";
import { partitioned } from "./partitioned.js";
import { roadsBroken } from "./roadsBroken.js";
import { stoppedValidator } from "./stoppedValidator.js";
import { underLoad } from "./underLoad.js";
import { wrongClock } from "./wrongClock.js";
import { workerKilled } from "./workerKilled.js";

/*
 * Faults on a network of four validators of geth, with four operators' workers at work on it all the time: a file for each.
 * One network serves them all; each leaves it sound, and checks that.
 */
describe("faults of a network with four operators at work", function suite() {
  this.timeout(300_000);
  let net: FaultNetwork | undefined;
  // Before the folder goes, which would take with it the list of what runs.
  after(async () => await net?.close());
  const root = temporaryFolder();
  const opened = (): FaultNetwork => net!;

  before(async function open() {
    const geth = await openGeth();
    if (geth === undefined) {
      this.skip();
      return;
    }
    net = await openFaultNetwork(root, geth);
  });

  // Without it, nobody who reads a failure of another machine knows more than what did not come.
  afterEach(async function tell() {
    if (net !== undefined && this.currentTest?.state === "failed") await describeFaulty(net);
  });

  stoppedValidator(opened);
  majorityLost(opened);
  workerKilled(opened);
  underLoad(opened);
  roadsBroken(opened);
  partitioned(opened);
  fullDisk(opened);
  wrongClock(opened);
});
