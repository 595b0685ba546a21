import { expect } from "chai";
import { network } from "hardhat";
import { JsonRpcProvider, parseUnits, Transaction, Wallet } from "ethers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { providerAccess } from "../../../../workers/chain/sending/providerAccess.js";
import { Sender } from "../../../../workers/chain/sending/sender.js";
import type { SenderCall } from "../../../../workers/chain/sending/types.js";
import { openStore, type Store } from "../../../../workers/store/openStore.js";
import { liveSend, sendsInState, signedForms } from "../../../../workers/store/sends.js";

const DEPTH = 3;
const nothing = (): void => undefined;

/** On Hardhat's in-process network, which mines by hand; a snapshot brought back is a fork. */
describe("Sender on a node", () => {
  let store: Store;
  let provider: JsonRpcProvider;
  let close: () => Promise<void>;
  let wallet: Wallet;
  let sender: Sender;
  const target = Wallet.createRandom().address;
  const call = (purpose: string): SenderCall => ({ purpose, to: target, data: `0x${purpose.slice(1)}` });
  const mine = async (blocks = 1): Promise<void> => {
    for (let block = 0; block < blocks; block++) await provider.send("evm_mine", []);
  };
  const endow = async (wei: string): Promise<unknown> =>
    await provider.send("hardhat_setBalance", [wallet.address, wei]);
  const stateOf = (purpose: string): string | undefined => liveSend(store, purpose)?.state;
  /** How often each data is on the chain. */
  const effects = async (): Promise<Record<string, number>> => {
    const found: Record<string, number> = {};
    for (let number = 1; number <= (await provider.getBlockNumber()); number++) {
      for (const { to, data } of (await provider.getBlock(number, true))!.prefetchedTransactions) {
        if (to === target) found[data] = (found[data] ?? 0) + 1;
      }
    }
    return found;
  };

  beforeEach(async () => {
    const server = await network.createServer({ network: "default" }, "127.0.0.1", 0);
    const { port } = await server.listen();
    provider = new JsonRpcProvider(`http://127.0.0.1:${port}`, undefined, { cacheTimeout: -1 });
    close = async () => {
      provider.destroy();
      await server.close();
    };
    wallet = new Wallet(Wallet.createRandom().privateKey, provider);
    await endow("0x3635c9adc5dea00000");
    await provider.send("evm_setAutomine", [false]);
    store = openStore(":memory:");
    const { chainId } = await provider.getNetwork();
    const fees = { price: undefined, cap: parseUnits("500", "gwei") };
    sender = new Sender({
      store,
      chain: providerAccess(provider),
      account: wallet.address,
      sign: async (transaction) => await wallet.signTransaction(transaction),
      now: () => 0,
      logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      settings: { chainId, maxInFlight: 100, stuckBlocks: 2, fees },
    });
  });
  afterEach(async () => {
    await close();
    store.close();
  });

  it("keeps many under way, and does again what a lost block undid", async () => {
    await sender.sendAll(["p01", "p02", "p03"].map(call));
    expect(await provider.getTransactionCount(wallet.address, "pending")).to.equal(3);
    await mine();
    const snapshot: unknown = await provider.send("evm_snapshot", []);
    await sender.sendAll(["p04", "p05"].map(call));
    await mine();
    await sender.look(DEPTH);
    expect(sendsInState(store, "included")).to.have.length(5);
    const lost = liveSend(store, "p05")!;

    await provider.send("evm_revert", [snapshot]);
    // The other branch: as long, and with another block at the height.
    await mine();
    await sender.look(DEPTH);
    expect(["p03", "p04", "p05"].map(stateOf)).to.deep.equal(["included", "broadcast", "broadcast"]);
    await mine();
    await sender.look(DEPTH);
    const again = liveSend(store, "p05")!;
    expect([again.state, again.hash]).to.deep.equal(["included", lost.hash]);
    expect(again.block!.hash).to.not.equal(lost.block!.hash);
    await mine(DEPTH);
    await sender.look(DEPTH);
    expect(sendsInState(store, "final")).to.have.length(5);
    expect(await effects()).to.deep.equal({ "0x01": 1, "0x02": 1, "0x03": 1, "0x04": 1, "0x05": 1 });
  });

  it("waits until the account can pay, with one form of each transaction", async () => {
    await endow("0x1");
    const sent = await sender.sendAll(["p01", "p02"].map(call));
    for (let block = 0; block < 6; block++) {
      await mine();
      await sender.look(DEPTH);
    }
    for (const { id } of sent) expect(signedForms(store, id)).to.have.length(1);
    await endow("0x3635c9adc5dea00000");
    await sender.look(DEPTH);
    await mine();
    await sender.look(DEPTH);
    expect(["p01", "p02"].map(stateOf)).to.deep.equal(["included", "included"]);
  });

  it("replaces what the base fee has left behind, and the node takes it", async () => {
    const { id } = await sender.send(call("p01"));
    await sender.look(DEPTH);
    const [first] = signedForms(store, id).map(({ raw }) => Transaction.from(raw));
    let base = 2n * first!.maxFeePerGas!;
    for (let block = 0; block < 4 && stateOf("p01") === "broadcast"; block++) {
      await provider.send("hardhat_setNextBlockBaseFeePerGas", [`0x${base.toString(16)}`]);
      base += 1n;
      await mine();
      await sender.look(DEPTH);
    }
    expect(stateOf("p01")).to.equal("included");
    const forms = signedForms(store, id).map(({ raw }) => Transaction.from(raw));
    expect(forms.map(({ nonce }) => nonce)).to.deep.equal([0, 0]);
    expect(forms[1]!.maxFeePerGas! >= 2n * base).to.equal(true);
    expect(await effects()).to.deep.equal({ "0x01": 1 });
  });

  it("signs anew when another program with the same key took its nonce", async () => {
    const snapshot: unknown = await provider.send("evm_snapshot", []);
    await sender.send(call("p01"));
    // The node loses it, and the other program comes first.
    await provider.send("evm_revert", [snapshot]);
    await wallet.sendTransaction({ to: wallet.address, nonce: 0 });
    await mine();
    await sender.look(DEPTH);
    expect(liveSend(store, "p01")).to.include({ nonce: 0, state: "broadcast" });
    await mine(DEPTH);
    await sender.look(DEPTH);
    expect(liveSend(store, "p01")).to.include({ nonce: 1, state: "broadcast" });
    await mine();
    await sender.look(DEPTH);
    expect(stateOf("p01")).to.equal("included");
    expect(await effects()).to.deep.equal({ "0x01": 1 });
  });
});
