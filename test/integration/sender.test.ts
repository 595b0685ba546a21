import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { toBeHex, type Wallet } from "ethers";
import { after, before, describe, it } from "mocha";
import { FailoverProvider } from "../../workers/chain/endpoints/failoverProvider.js";
import { isNodeDown } from "../../workers/chain/isNodeDown.js";
import { providerAccess } from "../../workers/chain/sending/providerAccess.js";
import { Sender } from "../../workers/chain/sending/sender.js";
import { createNetwork } from "../../workers/devnet/createNetwork.js";
import { cliqueGeth } from "../../workers/devnet/engines/cliqueGeth.js";
import type { Engine } from "../../workers/devnet/engines/types.js";
import { layout } from "../../workers/devnet/layout.js";
import { operatorWallets } from "../../workers/devnet/operatorWallets.js";
import { startNetwork, startValidator } from "../../workers/devnet/startNetwork.js";
import { deleteNetwork, stopValidator } from "../../workers/devnet/stopNetwork.js";
import type { Network } from "../../workers/devnet/types.js";
import { openStore } from "../../workers/store/openStore.js";
import { countInFlight, nextNonce, sendsInState } from "../../workers/store/sends.js";
import { eventually } from "../support/eventually.js";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";

const DEPTH = 3;
const CALLS = 600;
/** Some ten blocks, each of which may come many seconds late on a busy machine. */
const BLOCKS_LATE_SECONDS = 240;
const quiet = (): void => undefined;

describe("a sender on a network of four validators", function suite() {
  this.timeout(900_000);
  after(async () => {
    provider?.destroy();
    if (existsSync(layout(folder).network)) await deleteNetwork(folder);
  });
  const folder = join(temporaryFolder(), "net");
  let network: Network;
  let engine: Engine;
  let wallet: Wallet;
  let provider: FailoverProvider | undefined;

  before(async function start() {
    const geth = await openGeth();
    if (geth === undefined) {
      this.skip();
      return;
    }
    engine = cliqueGeth(geth);
    network = await createNetwork(folder, {
      tier: "wan",
      engine: "clique",
      validators: 4,
      chainId: 20_311,
      blockPeriodSeconds: 1,
      gasLimit: 60_000_000,
      basePort: await freePorts(3 * 5),
    });
    await startNetwork(folder, network, engine, quiet);
    [wallet] = (await operatorWallets(folder, network)) as [Wallet];
  });

  it("gets every transaction through once, though its endpoints go away in turn", async () => {
    const said: string[] = [];
    const note = (_: object, message: string): void => void said.push(message);
    const logger = { debug: quiet, info: note, warn: note, error: note };
    provider = new FailoverProvider(
      {
        urls: network.validators.map(({ rpcPort }) => `http://127.0.0.1:${rpcPort}`),
        chainId: network.chainId,
        timeoutMilliseconds: 10_000,
        maxLagBlocks: 8,
      },
      logger,
    );
    const store = openStore(":memory:");
    const sender = new Sender({
      store,
      chain: providerAccess(provider),
      account: wallet.address,
      sign: async (transaction) => await wallet.signTransaction(transaction),
      now: () => 0,
      logger,
      settings: {
        chainId: BigInt(network.chainId),
        maxInFlight: 100,
        stuckBlocks: 4,
        fees: { price: undefined, cap: 10n ** 12n },
      },
    });
    /** A turn, as a program makes it: what a node that is down leaves undone is for the next. */
    const turn = async (): Promise<void> => {
      try {
        await provider!.check();
        await sender.look(DEPTH);
        // Each call takes one nonce: as many as were given are under way.
        const next = nextNonce(store, 0);
        const calls = Array.from({ length: Math.min(sender.room(), CALLS - next) }, (_, i) => ({
          purpose: `call ${next + i}`,
          to: wallet.address,
          data: toBeHex(next + i, 4),
          gasLimit: 30_000n,
        }));
        if (calls.length > 0) await sender.sendAll(calls);
      } catch (error) {
        if (!isNodeDown(error)) throw error;
      }
    };
    const done = (): number => sendsInState(store, "final").length;
    const until = async (what: string, isSo: () => boolean): Promise<void> =>
      await eventually(
        what,
        async () => {
          await turn();
          return isSo();
        },
        BLOCKS_LATE_SECONDS,
      );

    await until("the first", () => done() > 0);
    await stopValidator(folder, network, 1);
    const earlier = done();
    await until("more by the second", () => done() > earlier + 100);
    expect(provider.endpoints.map(({ used }) => used).indexOf(true)).to.be.above(0);
    await startValidator(folder, network, 1, engine, quiet);
    await until("the first endpoint again", () => provider!.endpoints[0]!.used);
    await stopValidator(folder, network, 2);
    await until("all", () => done() === CALLS);

    expect(countInFlight(store)).to.equal(0);
    expect(await provider.getTransactionCount(wallet.address)).to.equal(CALLS);
    const seen: number[] = [];
    const head = await provider.getBlockNumber();
    for (let number = 1; number <= head; number++) {
      const block = await provider.getBlock(number, true);
      for (const { from, data } of block!.prefetchedTransactions) {
        if (from === wallet.address) seen.push(Number(data));
      }
    }
    expect(seen.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: CALLS }, (_, i) => i));
    expect(said).to.include("endpoint not used").and.include("endpoint well again");
    store.close();
  });
});
