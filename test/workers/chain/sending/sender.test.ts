import { expect } from "chai";
import { toBeHex, Transaction, Wallet } from "ethers";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { SenderFullError } from "../../../../workers/chain/sending/errors.js";
import { Sender } from "../../../../workers/chain/sending/sender.js";
import type { SenderCall, SenderParts, SendStage } from "../../../../workers/chain/sending/types.js";
import { openStore, type Store } from "../../../../workers/store/openStore.js";
import {
  liveSend,
  nextNonce,
  SendDuplicateError,
  sendsInState,
  signedForms,
} from "../../../../workers/store/sends.js";
import { FakeChain, Killed } from "./fakeChain.js";

const wallet = new Wallet(`0x${"11".repeat(32)}`);
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const DEPTH = 4;

function nothing(): void {
  // Nobody reads it.
}

/** The data of a purpose's call. */
const dataOf = (purpose: string): string => toBeHex(Number(purpose.slice(1)) + 1, 4);

const call = (purpose: string): SenderCall => ({ purpose, to: wallet.address, data: dataOf(purpose) });

describe("Sender", function suite() {
  this.timeout(120_000);
  let store: Store;
  let chain: FakeChain;
  beforeEach(() => {
    store = openStore(":memory:");
    chain = new FakeChain(DEPTH);
  });
  afterEach(() => store.close());

  function senderOf(more: Partial<SenderParts> = {}): Sender {
    return new Sender({
      store,
      chain: chain.access(),
      account: wallet.address,
      sign: async (transaction) => await wallet.signTransaction(transaction),
      now: () => 0,
      logger: quiet,
      settings: { chainId: 1n, maxInFlight: 8, stuckBlocks: 2, fees: { price: undefined, cap: 10n ** 12n } },
      ...more,
    });
  }
  const stateOf = (purpose: string): string | undefined => liveSend(store, purpose)?.state;

  it("sends under ascending nonces, as many at a time as may, and follows them to the end", async () => {
    const sender = senderOf();
    const sent = await sender.sendAll(["p0", "p1", "p2"].map(call));
    expect(sent.map(({ nonce }) => nonce)).to.deep.equal([0, 1, 2]);
    expect(sender.room()).to.equal(5);
    await sender.sendAll(["p3", "p4", "p5", "p6"].map(call));
    const full: unknown = await sender.sendAll(["p7", "p8"].map(call)).catch((error: unknown) => error);
    expect(full).to.be.instanceOf(SenderFullError);
    const twice: unknown = await sender.send(call("p1")).catch((error: unknown) => error);
    expect(twice).to.be.instanceOf(SendDuplicateError);
    expect(sendsInState(store, "broadcast")).to.have.length(7);
    chain.mine(2);
    await sender.look(DEPTH);
    expect([stateOf("p1"), stateOf("p2")]).to.deep.equal(["included", "broadcast"]);
    for (let block = 0; block < DEPTH - 1; block++) chain.mine(9);
    await sender.look(DEPTH);
    expect(stateOf("p1")).to.equal("included");
    chain.mine(9);
    await sender.look(DEPTH);
    expect([stateOf("p1"), stateOf("p2")]).to.deep.equal(["final", "included"]);
  });

  it("calls final only what its finality does", async () => {
    let final = 0;
    const isFinal = ({ number }: { readonly number: number }) => Promise.resolve(number <= final);
    const latest = () => Promise.resolve(chain.blocks[final]);
    const sender = senderOf({ finality: { latest, isFinal } });
    await sender.send(call("p0"));
    for (let block = 0; block <= DEPTH; block++) chain.mine(1);
    await sender.look(DEPTH);
    expect(stateOf("p0")).to.equal("confirmed");
    final = 1;
    await sender.look(DEPTH);
    expect(stateOf("p0")).to.equal("final");
  });

  it("raises the fees of the first in line where it is stuck, with the same nonce, up to the cap", async () => {
    const fees = { price: undefined, cap: 24n };
    const sender = senderOf({ settings: { chainId: 1n, maxInFlight: 8, stuckBlocks: 2, fees } });
    const { id } = await sender.send(call("p0"));
    await sender.look(DEPTH);
    chain.baseFee = 1_000n;
    for (let block = 0; block < 20; block++) {
      chain.mine(1);
      await sender.look(DEPTH);
    }
    const forms = signedForms(store, id).map(({ raw }) => Transaction.from(raw));
    expect(forms.map(({ nonce, data }) => [nonce, data])).to.deep.equal(forms.map(() => [0, dataOf("p0")]));
    // Twice the base fee, a tip of 1 and head room of 16; then the cap, and nothing above it.
    expect(forms.map(({ maxFeePerGas }) => maxFeePerGas)).to.deep.equal([17n, 24n]);
    chain.baseFee = 24n;
    await sender.look(DEPTH);
    chain.mine(1);
    await sender.look(DEPTH);
    expect(stateOf("p0")).to.equal("included");
  });

  it("replaces what the base fee has left behind, each at least a tenth and one wei higher", async () => {
    const sender = senderOf();
    const sent = await sender.sendAll(["p0", "p1"].map(call));
    await sender.look(DEPTH);
    chain.baseFee = 40n;
    for (let block = 0; block < 4 && stateOf("p1") !== "included"; block++) {
      chain.mine(9);
      await sender.look(DEPTH);
    }
    expect([stateOf("p0"), stateOf("p1")]).to.deep.equal(["included", "included"]);
    for (const { id, hash } of sent) {
      const [before, after, ...more] = signedForms(store, id).map(({ raw }) => Transaction.from(raw));
      expect(more).to.deep.equal([]);
      expect([before!.hash, before!.maxFeePerGas]).to.deep.equal([hash, 17n]);
      expect([after!.maxFeePerGas, after!.maxPriorityFeePerGas]).to.deep.equal([97n, 2n]);
    }
  });

  it("signs anew when its nonce went to other hands, but only once nothing undoes that", async () => {
    const sender = senderOf();
    const { hash } = await sender.send(call("p0"));
    chain.restart();
    chain.mine(1, { foreign: true });
    for (let block = 0; block < DEPTH; block++) {
      await sender.look(DEPTH);
      expect(liveSend(store, "p0")).to.include({ nonce: 0, hash });
      chain.mine(1);
    }
    await sender.look(DEPTH);
    expect(liveSend(store, "p0")).to.include({ nonce: 1 });
    chain.mine(1);
    await sender.look(DEPTH);
    expect(stateOf("p0")).to.equal("included");
    expect([...chain.effects()]).to.deep.equal([[dataOf("p0"), 1]]);
  });

  it("waits where the account cannot pay, says so once, and raises no fee for it", async () => {
    const warned: string[] = [];
    const warn = (_: object, text: string): void => void warned.push(text);
    const sender = senderOf({ logger: { ...quiet, warn } });
    chain.poor = true;
    const sent = await sender.sendAll(["p0", "p1"].map(call));
    for (let block = 0; block < 10; block++) {
      chain.mine(1);
      await sender.look(DEPTH);
    }
    expect(warned).to.deep.equal(["the account cannot pay; its transactions wait until it can"]);
    for (const { id } of sent) expect(signedForms(store, id)).to.have.length(1);
    chain.poor = false;
    await sender.look(DEPTH);
    chain.mine(2);
    await sender.look(DEPTH);
    expect([stateOf("p0"), stateOf("p1")]).to.deep.equal(["included", "included"]);
  });

  it("uses up the nonce of what no node takes, so that the next get through", async () => {
    chain.hopeless.add(dataOf("p0"));
    const sender = senderOf();
    await sender.sendAll(["p0", "p1"].map(call));
    await sender.look(DEPTH);
    chain.mine(9);
    await sender.look(DEPTH);
    expect(stateOf("p1")).to.equal("included");
    for (let block = 0; block < DEPTH; block++) chain.mine(9);
    await sender.look(DEPTH);
    expect(sendsInState(store, "failed").map(({ purpose, reason }) => [purpose, reason])).to.deep.equal([
      ["p0", "oversized data"],
    ]);
    expect([...chain.effects().keys()]).to.deep.equal(["0x", dataOf("p1")]);
  });

  it("fills a nonce that a lost block of other hands leaves open", async () => {
    const sender = senderOf();
    chain.mine(1, { foreign: true });
    await sender.send(call("p0"));
    expect(liveSend(store, "p0")?.nonce).to.equal(1);
    chain.fork(1, false);
    for (let block = 0; block < 6; block++) {
      chain.mine(9);
      await sender.look(DEPTH);
    }
    expect(stateOf("p0")).to.equal("included");
    expect(chain.count()).to.equal(2);
  });

  it("sends again what a fork undid, however deep", async () => {
    chain = new FakeChain(20);
    const sender = senderOf();
    const { hash } = await sender.send(call("p0"));
    for (let block = 0; block < 8; block++) chain.mine(1);
    await sender.look(DEPTH);
    expect(stateOf("p0")).to.equal("final");
    chain.fork(8, false);
    chain.mine(1);
    await sender.look(DEPTH);
    expect(liveSend(store, "p0")).to.include({ state: "broadcast", hash });
    chain.mine(1);
    await sender.look(DEPTH);
    expect([stateOf("p0"), [...chain.effects()]]).to.deep.equal(["included", [[dataOf("p0"), 1]]]);
  });

  /** What befalls the chain, the node and the process. */
  const event = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("send" as const), count: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 4, arbitrary: fc.constant({ kind: "look" as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("beside" as const),
        count: fc.integer({ min: 1, max: 4 }),
        after: fc.nat(60),
        most: fc.integer({ min: 0, max: 3 }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("mine" as const),
        most: fc.integer({ min: 0, max: 3 }),
        lurking: fc.boolean(),
        reverting: fc.boolean(),
        foreign: fc.nat(2).map((n) => n === 0),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("fork" as const),
        blocks: fc.integer({ min: 1, max: DEPTH }),
        keep: fc.boolean(),
      }),
    },
    fc.constant({ kind: "restart" as const }),
    fc.record({ kind: fc.constant("unreachable" as const), requests: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant("blind" as const), requests: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ kind: fc.constant("killAfter" as const), requests: fc.integer({ min: 0, max: 12 }) }),
    fc.record({
      kind: fc.constant("killAt" as const),
      stage: fc.constantFrom<SendStage>("reserved", "journaled", "broadcast", "included"),
    }),
    fc.record({ kind: fc.constant("baseFee" as const), wei: fc.integer({ min: 0, max: 60 }) }),
    fc.constant({ kind: "hopeless" as const }),
    fc.record({ kind: fc.constant("poor" as const), poor: fc.boolean() }),
  );

  for (const withFinality of [false, true]) {
    it(`does everything once, whatever happens${withFinality ? ", and waits for finality where there is one" : ""}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(event, { maxLength: 60, size: "max" }), async (events) => {
          const world = new World(withFinality);
          try {
            for (const one of events) await world.befall(one);
            await world.calmDown();
            world.check();
          } finally {
            world.store.close();
          }
        }),
        { numRuns: 100 },
      );
    });
  }

  /** A sender that is killed and started again, its caller, and its chain. */
  class World {
    readonly store = openStore(":memory:");
    readonly chain = new FakeChain(DEPTH);
    readonly wanted: string[] = [];
    #killAt: SendStage | undefined;
    #sender = this.#start();

    constructor(readonly withFinality: boolean) {
      this.chain.servesBlocks = withFinality;
    }

    async befall(one: typeof event extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
      switch (one.kind) {
        case "send":
          for (let i = 0; i < one.count; i++) this.wanted.push(`p${this.wanted.length}`);
          return await this.#work();
        case "look":
          return await this.#work();
        case "beside":
          for (let i = 0; i < one.count; i++) this.wanted.push(`p${this.wanted.length}`);
          return await this.#workBeside(one.after, one.most);
        case "mine":
          return this.chain.mine(one.most, one);
        case "fork":
          return this.chain.fork(one.blocks, one.keep);
        case "restart":
          return this.chain.restart();
        case "unreachable":
          this.chain.unreachable = one.requests;
          return;
        case "blind":
          // Only whole blocks tell then.
          if (this.chain.servesBlocks) this.chain.blind = one.requests;
          return;
        case "killAfter":
          this.chain.killAfter = one.requests;
          return;
        case "killAt":
          this.#killAt = one.stage;
          return;
        case "baseFee":
          this.chain.baseFee = BigInt(one.wei);
          return;
        case "poor":
          this.chain.poor = one.poor;
          return;
        case "hopeless":
          this.chain.hopeless.add(dataOf(`p${this.wanted.length}`));
          return;
      }
    }

    /** Nothing befalls any more, until everything has come to its end. */
    async calmDown(): Promise<void> {
      this.chain.unreachable = 0;
      this.chain.poor = false;
      this.chain.killAfter = this.#killAt = undefined;
      for (let block = 0; block < 300 && !this.#isDone(); block++) {
        this.chain.mine(20);
        await this.#work();
      }
    }

    check(): void {
      const effects = this.chain.effects();
      const expected = this.wanted.map((purpose) => [purpose, this.#isHopeless(purpose) ? 0 : 1]);
      expect(this.wanted.map((purpose) => [purpose, effects.get(dataOf(purpose)) ?? 0])).to.deep.equal(
        expected,
      );
      expect(sendsInState(this.store, "reserved", "journaled", "broadcast")).to.deep.equal([]);
      // No nonce was given that the chain does not have.
      expect(nextNonce(this.store, 0)).to.be.at.most(this.chain.count());
    }

    #isHopeless(purpose: string): boolean {
      return this.chain.hopeless.has(dataOf(purpose));
    }

    #isDone(): boolean {
      return this.wanted.every(
        (purpose) =>
          liveSend(this.store, purpose)?.state === "final" ||
          (this.#isHopeless(purpose) &&
            sendsInState(this.store, "failed").some((send) => send.purpose === purpose)),
      );
    }

    /** A turn of the caller: it looks, and sends what has no transaction. */
    async #work(): Promise<void> {
      await this.#endOf(this.#sender.look(DEPTH).then(async () => await this.#sendOpen()));
    }

    /** Looks and sends beside each other, and a block that comes between. */
    async #workBeside(after: number, most: number): Promise<void> {
      const mine = async (): Promise<void> => {
        for (let i = 0; i < after; i++) await Promise.resolve();
        this.chain.mine(most);
      };
      await this.#endOf(this.#sendOpen(), this.#sender.look(DEPTH), this.#sender.look(DEPTH), mine());
    }

    async #sendOpen(): Promise<void> {
      const failed = new Set(sendsInState(this.store, "failed").map(({ purpose }) => purpose));
      const open = this.wanted.filter(
        (purpose) =>
          liveSend(this.store, purpose) === undefined && !(this.#isHopeless(purpose) && failed.has(purpose)),
      );
      await this.#sender.sendAll(open.slice(0, this.#sender.room()).map(call));
    }

    /** Waits until all that goes on has come to its end. A kill ends all of it, and starts the sender anew. */
    async #endOf(...work: readonly Promise<unknown>[]): Promise<void> {
      const ends = await Promise.allSettled(work);
      const errors = ends.flatMap((end): unknown[] => (end.status === "rejected" ? [end.reason] : []));
      if (errors.some((error) => error instanceof Killed)) {
        this.chain.killAfter = this.#killAt = undefined;
        this.#sender = this.#start();
      }
      // A look fills nonces, too, and a full sender sends nothing.
      const other = errors.find(
        (error) =>
          !(error instanceof Error && "code" in error && error.code === "NETWORK_ERROR") &&
          !(work.length > 1 && error instanceof SenderFullError),
      );
      if (other !== undefined) throw other;
    }

    #start(): Sender {
      return new Sender({
        store: this.store,
        chain: this.chain.access(),
        account: wallet.address,
        sign: async (transaction) => await wallet.signTransaction(transaction),
        now: () => 0,
        logger: quiet,
        settings: {
          chainId: 1n,
          maxInFlight: 8,
          stuckBlocks: 2,
          fees: { price: undefined, cap: 10n ** 12n },
        },
        finality: this.withFinality ? this.chain.finality() : undefined,
        observe: (stage) => {
          if (stage !== this.#killAt && (this.chain.killAfter ?? 0) >= 0) return;
          // What goes on beside gets no answer any more.
          this.chain.killAfter = -1;
          throw new Killed();
        },
      });
    }
  }
});
