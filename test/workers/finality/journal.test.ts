import { join } from "node:path";
import { expect } from "chai";
import * as fc from "fast-check";
import { beforeEach, describe, it } from "mocha";
import {
  FinalityJournalError,
  journalAttestations,
  keepEvidence,
  lastSigned,
  latestFinal,
  noteFinal,
  openFinalityJournal,
  signedSince,
} from "../../../workers/finality/journal.js";
import type { SignedAttestation } from "../../../workers/finality/attestation.js";
import { openStore, type Store } from "../../../workers/store/openStore.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const hash = (number: number, salt = 0): string => `0x${(number * 16 + salt).toString(16).padStart(64, "0")}`;
const block = (number: number, salt = 0) => ({ number, hash: hash(number, salt) });
const owner = { overlay: "0xAb", seat: 2 };

describe("the journal of signatures", function suite() {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let count = 0;
  let path: string;
  let store: Store;
  beforeEach(() => {
    path = join(folder, `${++count}.sqlite`);
    store = openStore(path);
    openFinalityJournal(store, owner, 10);
  });
  const refused = (work: () => unknown): void => {
    const before = lastSigned(store);
    expect(work).to.throw(FinalityJournalError);
    expect(lastSigned(store)).to.deep.equal(before);
  };

  it("takes each height once, upwards, and only after what was signed last", () => {
    journalAttestations(store, 0, [block(11), block(12)], undefined);
    for (const again of [[block(12, 1)], [block(12)], [block(11)], [block(13), block(13, 1)]]) {
      refused(() => journalAttestations(store, 0, again, block(12)));
    }
    refused(() => journalAttestations(store, 0, [block(13)], undefined));
    refused(() => journalAttestations(store, 0, [block(13)], block(12, 1)));
    journalAttestations(store, 0, [block(13)], block(12));
    expect(signedSince(store, 0, 12).map(({ number }) => number)).to.deep.equal([12, 13]);
  });

  it("is what it was after it is opened again", () => {
    journalAttestations(store, 0, [block(11)], undefined);
    store.close();
    store = openStore(path);
    expect(openFinalityJournal(store, owner, 99)).to.equal(10);
    refused(() => journalAttestations(store, 0, [block(11, 1)], block(11)));
    expect(lastSigned(store)).to.deep.equal({ epoch: 0, ...block(11) });
  });

  it("signs nothing at or below the height of its first use: an earlier journal may have", () => {
    refused(() => journalAttestations(store, 0, [block(10)], undefined));
    journalAttestations(store, 0, [block(11)], undefined);
  });

  it("takes a height anew in a later epoch, and none of an earlier epoch any more", () => {
    journalAttestations(store, 0, [block(11)], undefined);
    journalAttestations(store, 1, [block(11, 1)], undefined);
    refused(() => journalAttestations(store, 0, [block(12)], block(11)));
  });

  it("forgets nothing when a later epoch has nothing to sign yet", () => {
    journalAttestations(store, 0, [block(11)], undefined);
    expect(journalAttestations(store, 1, [], undefined)).to.deep.equal([]);
    refused(() => journalAttestations(store, 0, [block(11, 1)], undefined));
    expect(lastSigned(store)).to.deep.equal({ epoch: 0, ...block(11) });
  });

  it("belongs to one seat and overlay", () => {
    expect(() => openFinalityJournal(store, { ...owner, seat: 3 }, 10)).to.throw(
      FinalityJournalError,
      "seat 2",
    );
    expect(() => openFinalityJournal(store, { ...owner, overlay: "0xcd" }, 10)).to.throw(
      FinalityJournalError,
    );
    expect(openFinalityJournal(store, { ...owner, overlay: "0xaB" }, 11)).to.equal(10);
  });

  it("whatever is asked of it, signs no height of an epoch twice and never goes down", () => {
    const ask = fc.record({
      epoch: fc.integer({ min: 0, max: 2 }),
      blocks: fc.array(fc.tuple(fc.integer({ min: 8, max: 20 }), fc.integer({ min: 0, max: 1 })), {
        maxLength: 4,
      }),
      honest: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(ask, { maxLength: 20 }), (asks) => {
        const fresh = openStore(":memory:");
        openFinalityJournal(fresh, owner, 10);
        const signed: { epoch: number; number: number }[] = [];
        for (const { epoch, blocks, honest } of asks) {
          const last = lastSigned(fresh);
          const after = honest && last?.epoch === epoch ? last : undefined;
          try {
            signed.push(
              ...journalAttestations(
                fresh,
                epoch,
                blocks.map(([number, salt]) => block(number, salt)),
                after,
              ),
            );
          } catch (error) {
            expect(error).to.be.instanceOf(FinalityJournalError);
          }
        }
        fresh.close();
        for (const [i, { epoch, number }] of signed.entries()) {
          const before = signed[i - 1];
          expect(number).to.be.above(10);
          if (before !== undefined) {
            expect(epoch > before.epoch || (epoch === before.epoch && number > before.number)).to.equal(true);
          }
        }
      }),
    );
  });

  it("keeps the highest final block and each piece of evidence once", () => {
    const by = (seat: number): SignedAttestation => ({ epoch: 0, ...block(20), seat, signature: "0x" });
    noteFinal(store, { epoch: 0, ...block(20), attestations: [by(0), by(1)] });
    noteFinal(store, { epoch: 0, ...block(19), attestations: [] });
    expect(latestFinal(store)).to.deep.equal({ epoch: 0, ...block(20), attestations: [by(0), by(1)] });
    const evidence = { seat: 1, first: by(1), second: { ...by(1), ...block(20, 1) }, headers: [] };
    expect([keepEvidence(store, evidence), keepEvidence(store, evidence)]).to.deep.equal([true, false]);
  });
});
