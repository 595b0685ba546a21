import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { pino } from "pino";
import type { Recovery } from "../../../../workers/devnet/deadlock/recover.js";
import { keepRescued } from "../../../../workers/devnet/deadlock/rescue.js";
import { cliqueGeth } from "../../../../workers/devnet/engines/cliqueGeth.js";
import type { Engine } from "../../../../workers/devnet/engines/types.js";
import { DevnetError } from "../../../../workers/devnet/errors.js";
import { NetworkWatch } from "../../../../workers/devnet/health/watchNetwork.js";
import { layout } from "../../../../workers/devnet/layout.js";
import type { Network } from "../../../../workers/devnet/types.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const address = (number: number): string => `0x${String(number).repeat(40)}`;

const network: Network = {
  format: "gridproof-devnet/1",
  tier: "wan",
  engine: "clique",
  chainId: 20_260,
  blockPeriodSeconds: 1,
  gasLimit: 60_000_000,
  validators: [1, 2, 3, 4].map((number) => ({
    number,
    name: `validator-${number}`,
    address: address(number),
    nodeId: String(number).repeat(128),
    host: "127.0.0.1",
    p2pPort: 20_000 + number,
    rpcPort: 21_000 + number,
    authPort: 22_000 + number,
  })),
  operators: [{ name: "Operator 1", address: address(9) }],
};

const recovery: Recovery = {
  winner: "validator-1",
  head: { height: 7, hash: "0x07" },
  commonHeight: 6,
  followed: [],
  woundBack: [],
  transactions: { kept: 0, refused: [] },
};

/** Four nodes that an even split has left on two heads, of which some are on this machine. */
function deadlocked(folder: string, here: readonly number[]) {
  for (const number of here) {
    const { nodeKey } = layout(folder).validator(number);
    mkdirSync(dirname(nodeKey), { recursive: true });
    writeFileSync(nodeKey, "");
  }
  const state = {
    time: 1_000,
    mended: false,
    refusing: false,
    empty: false,
    attempts: 0,
    sent: [] as unknown[],
  };
  const headOf = (number: number) =>
    state.empty
      ? { height: 0, hash: "0x00" }
      : state.mended || number <= 2
        ? { height: 7, hash: "0x07" }
        : { height: 8, hash: "0x08" };
  const engine: Engine = {
    ...cliqueGeth("geth"),
    sealers: async () => network.validators.map((one) => one.address),
    sealerOf: async (_, height) => address(1 + (height % 4)),
    connect: async ({ number }) => ({
      call: async <T>(method: string, params: readonly unknown[] = []): Promise<T> => {
        const { height, hash } = headOf(number);
        const answers: Record<string, unknown> = {
          net_peerCount: "0x3",
          eth_getTransactionByHash: null,
          eth_getBlockByNumber: {
            number: params[0] === "latest" ? `0x${height}` : params[0],
            hash: params[0] === "latest" ? hash : "0x01",
            timestamp: state.empty ? "0x0" : "0x3e8",
            gasUsed: "0x0",
          },
        };
        if (method === "eth_sendRawTransaction") state.sent.push(params[0]);
        return answers[method] as T;
      },
      close: () => undefined,
    }),
    deadlocks: {
      snapshot: async (_, { number, address: sealer }) => ({
        number,
        sealer,
        head: { ...headOf(number), totalDifficulty: 15n },
        peers: 3,
        sealers: network.validators.map((one) => one.address),
        recents: [{ height: headOf(number).height, sealer }],
      }),
      recover: async (parties) => {
        state.attempts++;
        expect(parties).to.have.length(4);
        if (state.refusing) throw new DevnetError("validator-3 does not turn");
        state.mended = true;
        return recovery;
      },
    },
  };
  const watch = new NetworkWatch({
    folder,
    network: () => network,
    engine,
    logger: pino({ level: "silent" }),
    clockOffset: () => undefined,
    clock: { unix: () => state.time, steady: () => state.time },
  });
  const at = async (time: number): Promise<readonly string[]> => {
    state.time = time;
    await watch.look();
    return watch.latest!.alerts.map(({ name }) => name);
  };
  return { state, watch, at };
}

describe("NetworkWatch", () => {
  const root = temporaryFolder();

  it("recovers once nothing has moved for 12 s, and says so", async () => {
    const { state, watch, at } = deadlocked(join(root, "all"), [1, 2, 3, 4]);
    expect(await at(1_001)).to.deep.equal([]);
    expect(await at(1_012.9)).to.deep.equal([]);
    expect(state.attempts).to.equal(0);
    expect(await at(1_013)).to.deep.equal(["deadlock"]);
    expect(state.attempts).to.equal(1);
    expect(await at(1_014)).to.deep.equal([]);
    expect(state.attempts).to.equal(1);
    expect(watch.latest).to.include({ recoveries: 1, failedRecoveries: 0 });
    expect(existsSync(layout(join(root, "all")).recoveryLock)).to.equal(false);
  });

  it("tries again half a minute after it failed, and stays on its feet", async () => {
    const { state, watch, at } = deadlocked(join(root, "failing"), [1, 2, 3, 4]);
    state.refusing = true;
    await at(1_001);
    await at(1_013);
    await at(1_042);
    expect(state.attempts).to.equal(1);
    state.refusing = false;
    expect(await at(1_043))
      .to.include("deadlock")
      .and.include("chainHalted");
    expect(await at(1_044)).to.deep.equal(["chainHalted"]);
    expect(watch.latest).to.include({ recoveries: 1, failedRecoveries: 1 });
  });

  it("only alarms where it sees its own node alone", async () => {
    const { state, watch, at } = deadlocked(join(root, "own"), [3]);
    await at(1_001);
    expect(await at(1_013)).to.deep.equal(["deadlock"]);
    await at(1_060);
    expect(state.attempts).to.equal(0);
    expect(watch.latest!.validators.map(({ running }) => running)).to.deep.equal([null, null, true, null]);
  });

  it("sends what a recovery had kept that was cut short", async () => {
    const folder = join(root, "cut");
    const { state, at } = deadlocked(folder, [1, 2, 3, 4]);
    state.mended = true;
    keepRescued(layout(folder).rescued, [{ hash: "0x1", raw: "0xabc" }]);
    // Not while nothing moves: a node that is told to seal may not begin alone.
    await at(1_100);
    expect(state.sent).to.deep.equal([]);
    await at(1_001);
    expect(state.sent).to.deep.equal(["0xabc"]);
    expect(existsSync(layout(folder).rescued)).to.equal(false);
  });

  it("counts from its first look where there is no block yet", async () => {
    const { state, watch, at } = deadlocked(join(root, "empty"), [1, 2]);
    state.empty = true;
    const halted = () => watch.latest!.alerts.find(({ name }) => name === "chainHalted");
    for (const time of [1_795_284_418, 1_795_284_433]) {
      await at(time);
      expect(halted()).to.equal(undefined);
    }
    await at(1_795_284_434);
    expect(halted()?.message).to.include("no block for 16 s");
    expect(watch.latest!.validators[0]!.lagSeconds).to.equal(15);
  });
});
