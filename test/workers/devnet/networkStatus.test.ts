import { expect } from "chai";
import { describe, it } from "mocha";
import type { Engine, NodeConnection } from "../../../workers/devnet/engines/types.js";
import { networkStatus, recentSeconds } from "../../../workers/devnet/networkStatus.js";
import type { Network } from "../../../workers/devnet/types.js";
import { freePorts } from "../../support/freePorts.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const HEAD = 20;
const HEAD_TIME = 1_000_000;
const NUMBERS = [1, 2, 3, 4];
const sealer = (number: number): string => `0x${`0${number}`.repeat(20)}`;
const hex = (value: number): string => `0x${value.toString(16)}`;

/** A chain of a block a second, sealed in turn, whose newest block is `HEAD`. */
const node: NodeConnection = {
  call: async <T>(method: string, [tag]: readonly unknown[] = []) => {
    if (method === "net_peerCount") return hex(3) as T;
    const height = tag === "latest" ? HEAD : Number(tag);
    return {
      number: hex(height),
      hash: hex(height),
      timestamp: hex(HEAD_TIME - HEAD + height),
      gasUsed: "0x0",
    } as T;
  },
  close: () => undefined,
};
const engine = {
  connect: async () => node,
  sealerOf: async (_: NodeConnection, height: number) => sealer(1 + (height % 4)),
} as unknown as Engine;

describe("whether a validator sealed recently", () => {
  const folder = temporaryFolder();
  const seals = async (secondsLater: number): Promise<boolean[]> => {
    const network = {
      blockPeriodSeconds: 1,
      healthPort: await freePorts(1),
      validators: NUMBERS.map((number) => ({ number, name: `validator-${number}`, address: sealer(number) })),
    } as unknown as Network;
    const { validators } = await networkStatus(folder, network, engine, HEAD_TIME + secondsLater);
    return validators.map(({ sealedRecently }) => sealedRecently);
  };

  it("is so on a chain that moves, also where blocks are late", async () => {
    for (const late of [0, 2, 10])
      expect(await seals(late), `${late} s`).to.deep.equal([true, true, true, true]);
  });

  it("is not so long after the chain halted, whoever sealed its last blocks", async () => {
    const longest = recentSeconds({ validators: NUMBERS, blockPeriodSeconds: 1 } as unknown as Network);
    expect(await seals(longest + 1)).to.deep.equal([false, false, false, false]);
    expect(longest).to.be.below(30);
  });
});
