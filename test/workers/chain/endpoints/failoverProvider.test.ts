import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { FailoverProvider } from "../../../../workers/chain/endpoints/failoverProvider.js";
import { isNodeDown } from "../../../../workers/chain/isNodeDown.js";
import { eventually } from "../../../support/eventually.js";
import { FakeNode } from "./fakeNode.js";

/** What a call to a node that hangs takes: still more than one to a node that answers. */
const HANG_MILLISECONDS = 3_000;

describe("FailoverProvider", function suite() {
  this.timeout(60_000);
  let nodes: FakeNode[];
  let provider: FailoverProvider;
  let said: string[];
  beforeEach(async () => {
    nodes = [new FakeNode(), new FakeNode(), new FakeNode()];
    // Told apart by their heights, all within what is allowed.
    for (const [i, node] of nodes.entries()) {
      node.height = 100 + i;
      await node.up();
    }
    said = [];
    provider = open(nodes);
  });
  afterEach(async () => {
    provider.destroy();
    await Promise.all(nodes.map((node) => node.down()));
  });

  const note = (fields: object, message: string): void =>
    void said.push(`${message}: ${(fields as { url: string }).url}`);

  interface Opened {
    readonly genesisHash?: string;
    readonly timeoutMilliseconds?: number;
  }

  /** Unless told otherwise, it waits long: no node that answers is late, however busy the machine is. */
  function open(
    some: readonly FakeNode[],
    { genesisHash, timeoutMilliseconds }: Opened = {},
  ): FailoverProvider {
    return new FailoverProvider(
      {
        urls: some.map(({ url }) => url),
        chainId: 7,
        timeoutMilliseconds: timeoutMilliseconds ?? 30_000,
        maxLagBlocks: 5,
        genesisHash,
      },
      { debug: note, info: note, warn: note, error: note },
    );
  }

  const height = async (): Promise<number> => Number(await provider.send("eth_blockNumber", []));
  const states = (): string[] => provider.endpoints.map(({ state }) => state);

  it("asks the first, and the next in the same call where it refuses; then the first again", async () => {
    await provider.check();
    expect(await height()).to.equal(100);
    await nodes[0]!.down();
    expect(await Promise.all([height(), height(), height()])).to.deep.equal([101, 101, 101]);
    await nodes[1]!.down();
    expect(await height()).to.equal(102);
    await nodes[0]!.up();
    await eventually("the first well again", async () => {
      await provider.check();
      return (await height()) === 100;
    });
    expect(states()).to.deep.equal(["well", "away", "well"]);
    expect(said).to.deep.equal([
      `endpoint not used: ${nodes[0]!.url}`,
      `endpoint not used: ${nodes[1]!.url}`,
      `endpoint well again: ${nodes[0]!.url}`,
    ]);
  });

  it("does not wait for one that hangs longer than a call may take", async () => {
    provider.destroy();
    provider = open(nodes, { timeoutMilliseconds: HANG_MILLISECONDS });
    nodes[0]!.hangs = true;
    expect(await height()).to.equal(101);
    expect(await height()).to.equal(101);
    expect(states()).to.deep.equal(["away", "new", "new"]);
  });

  it("fails only when all do, and says that no node answers", async () => {
    await Promise.all(nodes.map((node) => node.down()));
    const error: unknown = await height().catch((reason: unknown) => reason);
    expect(isNodeDown(error)).to.equal(true);
    await nodes[2]!.up();
    expect(await height()).to.equal(102);
  });

  it("leaves one that is behind until it has caught up", async () => {
    nodes[0]!.height = 96;
    await provider.check();
    expect(states()).to.deep.equal(["behind", "well", "well"]);
    expect(await height()).to.equal(101);
    nodes[0]!.height = 97;
    await eventually("the first well again", async () => {
      await provider.check();
      return (await height()) === 97;
    });
  });

  it("leaves one that serves another chain, by its number or its first block", async () => {
    nodes[0]!.chainId = 8;
    nodes[2]!.genesis = `0x${"11".repeat(32)}`;
    await provider.check();
    expect(states()).to.deep.equal(["foreign", "well", "foreign"]);
    expect(await height()).to.equal(101);
    await nodes[1]!.down();
    const error: unknown = await height().catch((reason: unknown) => reason);
    expect(isNodeDown(error)).to.equal(true);
  });

  it("goes by the first block that it is told of, not by who answers first", async () => {
    nodes[0]!.genesis = `0x${"11".repeat(32)}`;
    provider.destroy();
    provider = open(nodes, { genesisHash: nodes[1]!.genesis });
    await provider.check();
    expect(states()).to.deep.equal(["foreign", "well", "well"]);
  });

  it("gives a transaction to all others where the first does not answer, and to all that there are on demand", async () => {
    provider.destroy();
    provider = open(nodes, { timeoutMilliseconds: HANG_MILLISECONDS });
    await provider.send("eth_sendRawTransaction", ["0x01"]);
    expect(nodes.map(({ taken }) => taken)).to.deep.equal([["0x01"], [], []]);
    nodes[0]!.hangs = true;
    await provider.send("eth_sendRawTransaction", ["0x02"]);
    await eventually("both", () => nodes.slice(1).every(({ taken }) => taken.includes("0x02")));
    nodes[0]!.hangs = false;
    nodes[1]!.refusal = "already known";
    await provider.broadcastWidely("0x03");
    expect(nodes.map(({ taken }) => taken)).to.deep.equal([["0x01", "0x03"], ["0x02"], ["0x02", "0x03"]]);
    for (const node of nodes) node.refusal = "nonce too low";
    const error: unknown = await provider.broadcastWidely("0x04").catch((reason: unknown) => reason);
    expect(isNodeDown(error)).to.equal(false);
  });

  it("with one endpoint looks at nothing, and leaves its errors as they are", async () => {
    provider.destroy();
    provider = open(nodes.slice(0, 1));
    await provider.check();
    expect(nodes[0]!.asked).to.deep.equal([]);
    await nodes[0]!.down();
    const error: unknown = await height().catch((reason: unknown) => reason);
    expect(isNodeDown(error)).to.equal(true);
    expect(said).to.deep.equal([]);
  });
});
