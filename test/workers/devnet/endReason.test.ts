import { expect } from "chai";
import { describe, it } from "mocha";
import { reasonIn } from "../../../workers/devnet/endReason.js";

const started = "INFO [11-21|09:44:10.101] Starting peer-to-peer node               instance=Geth/v1.13.15";
const sealing = "INFO [11-21|09:44:25.002] Commit new sealing work                  number=14 txs=0 gas=0";
const stopped = "INFO [11-21|09:44:26.000] Got interrupt, shutting down...";
const crash = [
  "panic: fatal: pebble: fatal commit error: write /net/geth/chaindata/000005.log: no space left on device",
  "",
  "goroutine 4690 [running]:",
  "\tgithub.com/ethereum/go-ethereum/ethdb/pebble/pebble.go:133 +0x73",
];
const low =
  "ERROR[11-21|09:44:26.000] Low disk space. Gracefully shutting down Geth to prevent database corruption. available=0.00B path=/net";

describe("reasonIn", () => {
  for (const [what, lines, reason] of [
    ["a node that crashed", [started, sealing, ...crash], crash[0]],
    [
      "a node that ended for want of disk",
      [started, sealing, low, stopped],
      "Low disk space. Gracefully shutting down Geth to prevent database corruption. available=0.00B path=/net",
    ],
    [
      "a node that could not begin",
      [started, "Fatal: Error starting protocol stack: listen tcp :30303: bind: address already in use"],
      "Fatal: Error starting protocol stack: listen tcp :30303: bind: address already in use",
    ],
    ["a node that was stopped", [started, sealing, stopped], "it was stopped"],
    [
      "a node that was killed",
      [started, sealing],
      "its log ends without a reason: it was killed, or could write no more",
    ],
    ["a node that was killed after it had crashed before", [started, ...crash, started, sealing], undefined],
    ["nothing", [], undefined],
  ] as const) {
    it(`says in one line why ended ${what}`, () => {
      expect(reasonIn(lines)).to.equal(
        reason ?? "its log ends without a reason: it was killed, or could write no more",
      );
    });
  }
});
