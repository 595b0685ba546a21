import { expect } from "chai";
import { concat, getBytes, hexlify, keccak256, toBeHex, toBigInt, ZeroAddress } from "ethers";
import { beforeEach, describe, it } from "mocha";
import type { Attestation } from "../../../workers/finality/attestation.js";
import { signPossession } from "../../../workers/finality/attestation.js";
import { finalityQuorum } from "../../../workers/finality/finalityQuorum.js";
import { carry, carried } from "../../support/carry.js";
import { onChain, overlayFixture, testKey } from "./overlayFixture.js";
import { refused } from "../refused.js";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const OTHER = `0x${"ab".repeat(32)}`;

/** The second form that a signature has: s in the upper half. */
function malleable(signature: string): string {
  const bytes = getBytes(signature);
  const s = toBeHex(ORDER - toBigInt(bytes.slice(32, 64)), 32);
  return concat([bytes.slice(0, 32), s, toBeHex(bytes[64] === 27 ? 28 : 27, 1)]);
}

function flipped(hex: string, bit: number): string {
  const bytes = getBytes(hex);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return hexlify(bytes);
}

const otherOf = (attestation: Attestation): Attestation => ({ ...attestation, hash: OTHER });
const bitmap = (seats: readonly number[]): bigint =>
  seats.reduce((map, seat) => map | (1n << BigInt(seat)), 0n);

describe("FinalityOverlay", () => {
  let f: Awaited<ReturnType<typeof overlayFixture>>;
  /** A block of the chain, and what says so. */
  let own: Attestation;
  let restore: (() => Promise<void>) | undefined;

  beforeEach(async () => {
    if (restore === undefined) {
      f = await overlayFixture();
      const { number, hash } = await f.block((await f.height()) - 1);
      own = { epoch: 0, number, hash };
      const snapshot = await f.networkHelpers.takeSnapshot();
      restore = async () => await snapshot.restore();
    } else await restore();
  });

  const record = async (seats: readonly number[], attestation = own, signatures?: string) =>
    await f.overlay
      .connect(f.stranger)
      .recordFinal(
        onChain(attestation),
        bitmap(seats),
        signatures ?? concat(seats.map((seat) => f.sign(seat, attestation))),
      );
  const equivocate = async (
    seat = 1,
    first = own,
    second = otherOf(first),
    firstSignature = f.sign(seat, first),
    secondSignature = f.sign(seat, second),
  ) =>
    await f.overlay
      .connect(f.stranger)
      .proveEquivocation(seat, onChain(first), firstSignature, onChain(second), secondSignature);

  /** Seat 1 signs `lower`, then `later`. */
  const fork = async (lower: Attestation, later: Attestation, headers?: string[]) => {
    const brought =
      headers ??
      (await Promise.all(
        Array.from(
          { length: later.number - lower.number },
          async (_, i) => (await f.block(later.number - i)).header,
        ),
      ));
    return await f.overlay.proveFork(
      1,
      onChain(lower),
      f.sign(1, lower),
      onChain(later),
      f.sign(1, later),
      brought,
    );
  };
  const advance = async (from: number, { number, hash }: Attestation) =>
    await carry(
      f.governance,
      f.networkHelpers.time,
      [f.member(0), f.member(1), f.member(2)],
      [
        {
          target: await f.overlay.getAddress(),
          data: f.overlay.interface.encodeFunctionData("advanceEpoch", [from, number, hash]),
        },
      ],
    );
  const calls = async (id: number, account: string) => [
    {
      target: await f.overlay.getAddress(),
      data: f.overlay.interface.encodeFunctionData("checkFault", [id, account]),
    },
    {
      target: await f.consortium.getAddress(),
      data: f.consortium.interface.encodeFunctionData("expelByVote", [account]),
    },
  ];

  describe("register", () => {
    it("keeps each key for the heights in which it signs", async () => {
      const height = await f.height();
      const next = testKey(20);
      await f.register(1, next, height + 10);
      expect(await f.overlay.signerAt(1, height + 9)).to.equal(f.keys[1]!.address);
      expect(await f.overlay.signerAt(1, height + 10)).to.equal(next.address);
      expect(await f.overlay.signerAt(1, 2n ** 255n)).to.equal(ZeroAddress);
      expect(await f.overlay.signerAt(1, 0)).to.equal(ZeroAddress);
      const history = (await f.overlay.signers()).filter(({ seat }) => seat === 1n);
      expect(history.map(({ signer }) => signer)).to.deep.equal([f.keys[1]!.address, next.address]);
      expect((await f.overlay.standing()).signerChanges).to.equal(5n);
    });

    it("refuses a height that is reached, and one until the key that signs has 40 heights", async () => {
      const height = await f.height();
      await refused(f.register(1, testKey(20), height + 1), "FinalityOverlayBadStart", { least: height + 2 });
      await f.register(1, testKey(20), height + 10);
      await f.networkHelpers.mine(20);
      await refused(f.register(1, testKey(21), height + 49), "FinalityOverlayBadStart", {
        least: height + 50,
      });
      await f.register(1, testKey(21), height + 50);
    });

    it("lets one key wait: a thief, or a slip, that names a far height does not lock the seat's key for ever", async () => {
      const height = await f.height();
      const [far, right] = [testKey(20), testKey(21)];
      for (const from of [2 ** 52, 2 ** 40]) await f.register(1, far, from);
      await f.register(1, right, height + 20);
      expect(await f.overlay.signerAt(1, height + 19)).to.equal(f.keys[1]!.address);
      for (const at of [height + 20, 2 ** 40, 2n ** 64n - 1n])
        expect(await f.overlay.signerAt(1, at)).to.equal(right.address);
      // What waited can wait again; it is still no other seat's.
      await refused(f.register(2, far, height + 60), "FinalityOverlaySignerTaken", { seat: 1 });
      await f.register(1, far, height + 60);
      expect((await f.overlay.signers()).filter(({ seat }) => seat === 1n)).to.have.length(2);
    });

    it("keeps the list of keys short, however many a member registers, and long enough for 512 heights", async () => {
      const keys = Array.from({ length: 20 }, (_, i) => testKey(20 + i));
      const starts: number[] = [];
      for (const key of keys) {
        const from = (await f.height()) + 2;
        await f.register(1, key, from);
        starts.push(from);
        await f.networkHelpers.mine(40);
      }
      const listed = await f.overlay.signers();
      expect(listed).to.have.length(16 + 3);
      const mine = listed.filter(({ seat }) => seat === 1n);
      expect(mine.map(({ signer }) => signer)).to.deep.equal(keys.slice(-16).map(({ address }) => address));
      const height = await f.height();
      expect(Number(mine[0]!.fromHeight)).to.be.at.most(height - 512);
      // The contract judges by all of them.
      expect(await f.overlay.signerAt(1, starts[0]!)).to.equal(keys[0]!.address);
      expect(await f.overlay.signerAt(1, starts[0]! - 1)).to.equal(f.keys[1]!.address);
    });

    it("refuses a key of another seat, the zero address, and one that the member has not", async () => {
      const from = (await f.height()) + 5;
      await refused(f.register(1, f.keys[2], from), "FinalityOverlaySignerTaken", { seat: 2 });
      const mine = f.overlay.connect(f.member(1));
      await refused(mine.register(ZeroAddress, from, "0x"), "FinalityOverlayZeroSigner");
      const { signer, signature } = signPossession(testKey(20).privateKey, f.domain, {
        seat: 1,
        fromHeight: from,
      });
      for (const [call, want] of [
        [mine.register(signer, from + 1, signature), signer],
        [mine.register(signer, from, malleable(signature)), signer],
        [mine.register(signer, from, `${signature}00`), signer],
        [mine.register(signer, from, "0x"), signer],
        [f.overlay.connect(f.member(2)).register(signer, from, signature), signer],
      ] as const) {
        await refused(call, "FinalityOverlayNotPossessed", { want });
      }
      await refused(f.overlay.connect(f.stranger).register(signer, from, signature), "ConsortiumNotMember");
      await mine.register(signer, from, signature);
    });
  });

  describe("proveEquivocation", () => {
    it("records the fault once, names seat, height and both blocks", async () => {
      await expect(equivocate())
        .to.emit(f.overlay, "EquivocationProved")
        .withArgs(1, 1, 0, own.number, own.hash, OTHER);
      const fault = await f.overlay.fault(1);
      expect([fault.seat, fault.height, fault.otherHeight, fault.blockHash, fault.otherHash]).to.deep.equal([
        1n,
        BigInt(own.number),
        BigInt(own.number),
        own.hash,
        OTHER,
      ]);
      await refused(equivocate(), "FinalityOverlayOnRecord", { id: 1 });
      // The other way round, and with a third block, it is the same fault.
      await refused(equivocate(1, otherOf(own), own), "FinalityOverlayOnRecord", { id: 1 });
      const third = { ...own, hash: keccak256(OTHER) };
      await refused(equivocate(1, own, third), "FinalityOverlayOnRecord", { id: 1 });
      await equivocate(2);
      await equivocate(1, { ...own, number: own.number - 1 });
      expect(await f.overlay.faultCount()).to.equal(3n);
    });

    it("takes no two attestations that do not exclude each other", async () => {
      await refused(equivocate(1, own, own), "FinalityOverlaySameBlock");
      await refused(equivocate(1, own, { ...otherOf(own), epoch: 1 }), "FinalityOverlayEpochsDiffer");
      await refused(
        equivocate(1, own, { ...otherOf(own), number: own.number + 1 }),
        "FinalityOverlayHeightsDiffer",
      );
    });

    it("refuses a signature with any bit flipped", async () => {
      const signature = f.sign(1, own);
      for (let bit = 0; bit < 65 * 8; bit++) {
        const bad = flipped(signature, bit);
        const call = f.overlay.proveEquivocation.staticCall(
          1,
          onChain(own),
          bad,
          onChain(otherOf(own)),
          f.sign(1, otherOf(own)),
        );
        await refused(call, "FinalityOverlayBadSignature", { seat: 1, want: f.keys[1]!.address });
      }
    });

    it("refuses an attestation with any bit of its block flipped", async () => {
      const [first, second] = [f.sign(1, own), f.sign(1, otherOf(own))];
      for (let bit = 0; bit < 256; bit++) {
        const forged = { ...own, hash: flipped(own.hash, bit) };
        const call = f.overlay.proveEquivocation.staticCall(
          1,
          onChain(forged),
          first,
          onChain(otherOf(own)),
          second,
        );
        await refused(call, "FinalityOverlayBadSignature", { seat: 1 });
      }
    });

    it("refuses malleable signatures, other lengths, and those of another seat", async () => {
      const signature = f.sign(1, own);
      for (const bad of [
        malleable(signature),
        `${signature}00`,
        signature.slice(0, -2),
        "0x",
        `0x${"00".repeat(65)}`,
      ]) {
        await refused(equivocate(1, own, otherOf(own), bad), "FinalityOverlayBadSignature", { seat: 1 });
      }
      await refused(
        equivocate(2, own, otherOf(own), signature, f.sign(1, otherOf(own))),
        "FinalityOverlayBadSignature",
        {
          seat: 2,
          got: f.keys[1]!.address,
        },
      );
      await refused(equivocate(77, own, otherOf(own), signature, signature), "FinalityOverlayNoSigner", {
        seat: 77,
      });
      await refused(equivocate(1, { ...own, number: 1 }), "FinalityOverlayNoSigner", { seat: 1, height: 1 });
    });

    it("refuses what was signed for another chain, contract, height or epoch", async () => {
      const second = otherOf(own);
      for (const [at, attestation] of [
        [{ ...f.domain, chainId: f.domain.chainId + 1n }, own],
        [{ ...f.domain, overlay: await f.consortium.getAddress() }, own],
        [f.domain, { ...own, number: own.number - 1 }],
        [f.domain, { ...own, epoch: 1 }],
      ] as const) {
        const replayed = f.sign(1, attestation, f.keys[1], at);
        await refused(equivocate(1, own, second, replayed), "FinalityOverlayBadSignature", { seat: 1 });
      }
    });

    it("judges by the key that signed at the height, after it was replaced", async () => {
      const before = own;
      await f.register(1, testKey(20));
      await f.networkHelpers.mine(3);
      const after = { ...own, number: (await f.height()) - 1 };
      await equivocate(1, before);
      await refused(equivocate(1, after), "FinalityOverlayBadSignature", {
        got: f.keys[1]!.address,
        want: testKey(20).address,
      });
      await equivocate(
        1,
        after,
        otherOf(after),
        f.sign(1, after, testKey(20)),
        f.sign(1, otherOf(after), testKey(20)),
      );
    });
  });

  describe("proveFork", () => {
    let later: Attestation;
    beforeEach(async () => {
      await f.networkHelpers.mine(5);
      const { number, hash } = await f.block(own.number + 4);
      later = { epoch: 0, number, hash };
    });

    it("records that the later block does not descend from the lower", async () => {
      await expect(fork(otherOf(own), later))
        .to.emit(f.overlay, "ForkProved")
        .withArgs(1, 1, 0, own.number, OTHER, later.number, later.hash);
      const { height, otherHeight } = await f.overlay.fault(1);
      expect([height, otherHeight]).to.deep.equal([BigInt(own.number), BigInt(later.number)]);
      await refused(fork(otherOf(own), later), "FinalityOverlayOnRecord", { id: 1 });
    });

    it("convicts nobody who keeps to a chain", async () => {
      for (let number = own.number; number < later.number; number++) {
        const { hash } = await f.block(number);
        await refused(fork({ epoch: 0, number, hash }, later), "FinalityOverlayDescends");
      }
    });

    it("refuses headers that are not those between the blocks", async () => {
      const headers: string[] = [];
      for (let number = later.number; number > own.number; number--)
        headers.push((await f.block(number)).header);
      const lower = otherOf(own);
      await refused(fork(lower, later, headers.slice(1)), "FinalityOverlayHeaderCount", { got: 3, want: 4 });
      await refused(fork(lower, later, [...headers, headers[0]!]), "FinalityOverlayHeaderCount", {
        got: 5,
        want: 4,
      });
      await refused(fork(lower, later, headers.toReversed()), "HeadersMismatch", { index: 0 });
      for (const bit of [0, 35, 40 * 8, 8 * (getBytes(headers[2]!).length - 1)]) {
        await refused(fork(lower, later, headers.with(2, flipped(headers[2]!, bit))), "HeadersMismatch", {
          index: 2,
        });
      }
      await refused(fork(later, own), "FinalityOverlayNotHigher");
      await refused(fork(lower, { ...later, epoch: 1 }), "FinalityOverlayEpochsDiffer");
      // Something that has the hash and is no header: a signer that signed it signed nonsense, but no fork is shown.
      const text = "0xf90000";
      await refused(
        fork(lower, { ...own, number: own.number + 1, hash: keccak256(text) }, [text]),
        "HeadersNotHeader",
      );
    });

    it("takes for a header only what begins as one: lists of other lengths, strings and a parent in another form are none", async () => {
      const header = getBytes((await f.block(own.number + 1)).header);
      const forms: readonly Uint8Array[] = [
        new Uint8Array(0),
        header.slice(0, 35),
        // A short list; one whose length has one byte, or three; a string; a parent of 31 bytes, of 33, or a list.
        ...([0xf7, 0xf8, 0xfa, 0xb9] as const).map((first) => Uint8Array.of(first, ...header.slice(1))),
        ...([0x9f, 0xa1, 0xe0] as const).map((parent) =>
          Uint8Array.of(...header.slice(0, 3), parent, ...header.slice(4)),
        ),
      ];
      for (const form of forms) {
        const nonsense = { ...own, number: own.number + 1, hash: keccak256(form) };
        await refused(fork(otherOf(own), nonsense, [hexlify(form)]), "HeadersNotHeader", { index: 0 });
      }
    });
  });

  describe("recordFinal", () => {
    it("takes a quorum, not one less, among 1 to 10 seats", async function many() {
      this.timeout(300_000);
      for (const seats of [1, 2, 3, 4, 5, 6, 7, 10]) {
        f = await overlayFixture(seats);
        const { number, hash } = await f.block((await f.height()) - 1);
        own = { epoch: 0, number, hash };
        const quorum = finalityQuorum(seats);
        expect((await f.overlay.standing()).quorum).to.equal(BigInt(quorum));
        const all = Array.from({ length: seats }, (_, seat) => seat);
        await refused(record(all.slice(0, quorum - 1)), "FinalityOverlayNoQuorum", {
          got: quorum - 1,
          want: quorum,
        });
        await record(all.slice(-quorum));
        expect(await f.overlay.finalHash(own.number)).to.equal(own.hash);
      }
      restore = undefined;
    });

    it("makes it readable, and keeps the highest as the latest", async () => {
      expect(await f.overlay.latestFinal()).to.deep.equal([0n, `0x${"00".repeat(32)}`]);
      await expect(record([0, 1, 3]))
        .to.emit(f.overlay, "BlockFinal")
        .withArgs(own.number, own.hash, 0, 0b1011);
      const lower = { ...own, ...(await f.block(own.number - 1)) };
      await record([0, 1, 2, 3], lower);
      expect(await f.overlay.finalHash(lower.number)).to.equal(lower.hash);
      expect(await f.overlay.latestFinal()).to.deep.equal([BigInt(own.number), own.hash]);
      await refused(record([0, 1, 2]), "FinalityOverlayAlreadyFinal", { height: own.number });
    });

    it("counts no seat twice, and none that is not active", async () => {
      const one = f.sign(0, own);
      await refused(record([0, 1, 2], own, concat([one, one, one])), "FinalityOverlayBadSignature", {
        seat: 1,
        got: f.keys[0]!.address,
      });
      await refused(record([0, 1, 2], own, concat([one, f.sign(1, own)])), "FinalityOverlayLength", {
        got: 130,
        want: 195,
      });
      await refused(record([0, 1, 4], own, concat([one, one, one])), "FinalityOverlayInactiveSeats", {
        active: 15,
      });
      // Seats in another order than their signatures.
      await refused(
        record([0, 1, 2], own, concat([2, 1, 0].map((seat) => f.sign(seat, own)))),
        "FinalityOverlayBadSignature",
        { seat: 0 },
      );
      await f.consortium.connect(f.member(3)).transfer(f.member(0).address, 1_000n);
      await f.consortium.expel(f.member(3).address);
      await refused(record([0, 1, 3]), "FinalityOverlayInactiveSeats", { seats: 0b1011, active: 0b111 });
      // Among three none may be at fault, and two are a quorum.
      await record([0, 1]);
    });

    it("refuses blocks that this chain has not, or not yet, and other epochs", async () => {
      await refused(record([0, 1, 2], otherOf(own)), "FinalityOverlayForeignBlock", {
        got: OTHER,
        want: own.hash,
      });
      const coming = { ...own, number: (await f.height()) + 1 };
      await refused(record([0, 1, 2], coming), "FinalityOverlayFutureBlock", { height: coming.number });
      await refused(record([0, 1, 2], { ...own, epoch: 1 }), "FinalityOverlayWrongEpoch", {
        got: 1,
        want: 0,
      });
    });

    it("says that two blocks of one height have signatures, where the chain no longer knows its own", async () => {
      await record([0, 1, 2]);
      await f.networkHelpers.mine(260);
      await refused(record([0, 1, 2], otherOf(own)), "FinalityOverlayConflict", { recorded: own.hash });
    });
  });

  describe("advanceEpoch", () => {
    it("is for a vote alone", async () => {
      for (const signer of [f.deployer, f.member(0), f.stranger]) {
        await refused(
          f.overlay.connect(signer).advanceEpoch(0, own.number, own.hash),
          "FinalityOverlayNotByVote",
          { caller: signer.address },
        );
      }
    });

    it("begins from the block that was voted for, and takes no signature of before", async () => {
      await record([0, 1, 2]);
      const later = { ...own, ...(await f.block(own.number + 1)) };
      const signatures = concat([0, 1, 2].map((seat) => f.sign(seat, later)));
      await advance(0, own);
      const { epoch, baseHeight, baseHash } = await f.overlay.standing();
      expect([epoch, baseHeight, baseHash]).to.deep.equal([1n, BigInt(own.number), own.hash]);
      await refused(record([0, 1, 2], later, signatures), "FinalityOverlayWrongEpoch", { got: 0, want: 1 });
      await refused(record([0, 1, 2], { ...later, epoch: 1 }, signatures), "FinalityOverlayBadSignature", {
        seat: 0,
      });
      await record([0, 1, 2], { ...later, epoch: 1 });
      // What was signed in the past epoch can still be judged.
      await equivocate(1, own);
    });

    it("advances once by one vote, and undoes nothing final", async () => {
      const later = { ...own, ...(await f.block(own.number + 1)) };
      await record([0, 1, 2], later);
      await refused(advance(0, own), "FinalityOverlayBaseTooLow", {
        height: own.number,
        finalHeight: later.number,
      });
      await refused(advance(0, otherOf(later)), "FinalityOverlayForeignBlock");
      await refused(advance(1, later), "FinalityOverlayWrongEpoch", { got: 1, want: 0 });
      await advance(0, later);
      await refused(advance(0, later), "FinalityOverlayWrongEpoch", { got: 0, want: 1 });
    });
  });

  describe("a proposal to expel on the ground of a fault", () => {
    it("costs the seat, and is refused without the fault or against another member", async () => {
      const voters = [f.member(0), f.member(2), f.member(3)];
      const guilty = f.member(1).address;
      const early = await carried(f.governance, f.networkHelpers.time, voters, await calls(1, guilty));
      await refused(f.governance.execute(early.id, early.calls), "FinalityOverlayNoFault", {
        id: 1,
        count: 0,
      });
      await equivocate(1);
      const wrong = await carried(
        f.governance,
        f.networkHelpers.time,
        voters,
        await calls(1, f.member(2).address),
      );
      await refused(f.governance.execute(wrong.id, wrong.calls), "FinalityOverlayFaultOfOther", { seat: 1 });
      await carry(f.governance, f.networkHelpers.time, voters, await calls(1, guilty));
      expect(await f.consortium.activeSeats()).to.equal(0b1101n);
      // What it signed stays judged; a fault of a seat that is gone is one of nobody.
      await equivocate(1, { ...own, number: own.number - 1 });
      await refused(f.overlay.checkFault(2, guilty), "ConsortiumNotMember");
    });
  });

  describe("a seat whose account is replaced by vote", () => {
    it("stays the one that is at fault, and its new account alone registers its keys", async () => {
      const [voters, before, next] = [
        [f.member(0), f.member(2), f.member(3)],
        f.member(1),
        f.stranger,
      ] as const;
      await carry(f.governance, f.networkHelpers.time, voters, [
        {
          target: await f.consortium.getAddress(),
          data: f.consortium.interface.encodeFunctionData("replaceAccount", [1, next.address]),
        },
      ]);
      // What the key signed is the seat's, whoever has that now.
      await equivocate(1);
      await f.overlay.checkFault(1, next.address);
      await refused(f.overlay.checkFault(1, before.address), "ConsortiumNotMember");
      const [from, key] = [(await f.height()) + 3, testKey(30)];
      const { signature } = signPossession(key.privateKey, f.domain, { seat: 1, fromHeight: from });
      const register = async (by: typeof next) =>
        await f.overlay.connect(by).register(key.address, from, signature);
      await refused(register(before), "ConsortiumNotMember");
      await register(next);
      // The key of before stays out of other seats' hands, and signs nothing more.
      await f.networkHelpers.mine(4);
      const later = { ...own, number: (await f.height()) - 1 };
      await refused(equivocate(1, later), "FinalityOverlayBadSignature", { got: f.keys[1]!.address });
    });
  });

  it("hashes as EIP-712 has it, and as the workers do", async () => {
    const { attestationHash } = await import("../../../workers/finality/attestation.js");
    const { TypedDataEncoder } = await import("ethers");
    const types = {
      Attestation: [
        { name: "epoch", type: "uint64" },
        { name: "height", type: "uint64" },
        { name: "blockHash", type: "bytes32" },
      ],
    };
    const { chainId, overlay: verifyingContract } = f.domain;
    const reference = TypedDataEncoder.hash(
      { name: "GridProof Finality", version: "1", chainId, verifyingContract },
      types,
      onChain(own),
    );
    expect(await f.overlay.attestationHash(onChain(own))).to.equal(reference);
    expect(attestationHash(f.domain, own)).to.equal(reference);
  });
});
