import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { proveFault } from "../../workers/finality/proveFault.js";
import { recordFinal } from "../../workers/finality/recordFinal.js";
import { finalityQuorum } from "../../workers/finality/finalityQuorum.js";
import type { SignedAttestation } from "../../workers/finality/attestation.js";
import { overlayFixture } from "../contracts/finality/overlayFixture.js";

type Snapshot = Record<string, number>;

const file = new URL("../../snapshots/finalityGas.json", import.meta.url);
/** Gas that differs by less is noise of the signatures' zero bytes. */
const tolerance = 0.002;

/** Gas of the finality overlay is a reviewed number. With GRIDPROOF_UPDATE_SNAPSHOTS=1 the snapshot is written anew. */
describe("gas of the finality overlay", () => {
  const update = process.env.GRIDPROOF_UPDATE_SNAPSHOTS === "1";
  const snapshot: Snapshot = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Snapshot) : {};
  const measured: Snapshot = {};

  after(() => {
    if (update) writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
  });

  function compare(name: string, gas: bigint): void {
    measured[name] = Number(gas);
    if (update) return;
    const before = snapshot[name]!;
    expect(Math.abs(Number(gas) - before) / before, `${name}: ${gas}, committed ${before}`).to.be.at.most(
      tolerance,
    );
  }

  it("a proof of equivocation, and of a fork over 1 and 8 blocks", async () => {
    const f = await overlayFixture(4);
    // One at a time: many at once have no headers of their own.
    for (let i = 0; i < 12; i++) await f.networkHelpers.mine();
    const top = (await f.height()) - 1;
    const signed = async (number: number, hash?: string): Promise<SignedAttestation> => {
      const attestation = { epoch: 0, number, hash: hash ?? (await f.block(number)).hash };
      return { ...attestation, seat: 1, signature: f.sign(1, attestation) };
    };
    const other = `0x${"ab".repeat(32)}`;
    const one = { seat: 1, first: await signed(top), second: await signed(top, other), headers: [] };
    compare("proveEquivocation", (await proveFault(f.overlay, one)).gas);
    for (const [seat, blocks] of [1, 8].entries()) {
      const headers = await Promise.all(
        Array.from({ length: blocks }, async (_, i) => (await f.block(top - seat - 1 - i)).header),
      );
      const first = await signed(top - seat - 1 - blocks, other);
      const second = await signed(top - seat - 1);
      compare(
        `proveFork over ${blocks}`,
        (await proveFault(f.overlay, { seat: 1, first, second, headers })).gas,
      );
    }
  });

  for (const seats of [4, 7]) {
    it(`recording a final block, the second of its kind, with the signatures of ${finalityQuorum(seats)} of ${seats} seats`, async () => {
      const f = await overlayFixture(seats);
      const top = (await f.height()) - 1;
      for (const number of [top - 1, top]) {
        const attestation = { epoch: 0, ...(await f.block(number)) };
        const attestations = Array.from({ length: finalityQuorum(seats) }, (_, seat) => ({
          epoch: 0,
          number,
          hash: attestation.hash,
          seat,
          signature: f.sign(seat, attestation),
        }));
        const gas = await recordFinal(f.overlay, attestations);
        if (number === top) compare(`recordFinal of ${seats}`, gas);
      }
      expect((await f.overlay.latestFinal())[0]).to.equal(BigInt(top));
    });
  }

  it("registering a key anew", async () => {
    const f = await overlayFixture(4);
    const response = await f.register(1, f.keys[1], (await f.height()) + 20);
    compare("register", (await response.wait())!.gasUsed);
  });
});
