import { expect } from "chai";
import { type Log, type Provider, toBeHex, ZeroAddress } from "ethers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Metering__factory } from "../../../../typechain-types/index.js";
import { instantFinality } from "../../../../workers/finality/instantFinality.js";
import { openDatabase } from "../../../../workers/metering/mdms/database/openDatabase.js";
import type { Database } from "../../../../workers/metering/mdms/database/types.js";
import { NoCommonBlockError, NodeBehindError } from "../../../../workers/metering/mdms/reader/errors.js";
import { type Followed, followChain } from "../../../../workers/metering/mdms/reader/followChain.js";
import { installMeter } from "../../../../workers/metering/mdms/store/installations.js";
import { intervalsOf } from "../../../../workers/metering/mdms/store/intervals.js";
import { openReports } from "../../../../workers/metering/mdms/store/openReports.js";
import { countReports } from "../../../../workers/metering/mdms/store/reports.js";
import { LAYOUT, REPORT_BYTES } from "../../../../workers/metering/report/layout.js";

const metering = Metering__factory.createInterface();
const HEIGHT = 100;
/** One report of meter 7 in each of these blocks; its τ is the block's number. */
const REPORTED = [10, 40, 70];

/** A chain of 100 blocks in the place of a node; a block's hash tells its branch. */
class TestChain {
  readonly branches = new Map<number, number>();
  /** Blocks that the node has not. */
  readonly lacking = new Set<number>();

  /** From this block on, another branch. */
  turnAt(number: number): void {
    for (let n = number; n <= HEIGHT; n++) this.branches.set(n, (this.branches.get(n) ?? 0) + 1);
  }

  hashOf(number: number): string {
    return toBeHex(1_000 * (this.branches.get(number) ?? 0) + number, 32);
  }

  get provider(): Provider {
    const getBlock = (tag: number | "latest"): unknown => {
      const number = tag === "latest" ? HEIGHT : tag;
      return this.lacking.has(number)
        ? null
        : { number, hash: this.hashOf(number), timestamp: 1_000 + number };
    };
    const getLogs = ({ fromBlock, toBlock }: { fromBlock: number; toBlock: number }): Log[] =>
      REPORTED.filter((number) => number >= fromBlock && number <= toBlock).map((number) => {
        const bytes = new Uint8Array(REPORT_BYTES);
        const view = new DataView(bytes.buffer);
        view.setUint32(LAYOUT.meter.at, 7);
        view.setUint32(LAYOUT.time.at, number);
        return {
          ...metering.encodeEventLog("ReportsAccepted", [ZeroAddress, bytes]),
          blockNumber: number,
          blockHash: this.hashOf(number),
          transactionHash: toBeHex(number, 32),
          index: 0,
        } as unknown as Log;
      });
    const asked = {
      getBlock: async (tag: number | "latest") => getBlock(tag),
      getLogs: async (filter: { fromBlock: number; toBlock: number }) => getLogs(filter),
      getCode: async () => "0x00",
    };
    return asked as unknown as Provider;
  }
}

describe("the MDMS's following of the chain", () => {
  let database: Database;
  let chain: TestChain;
  beforeEach(async () => {
    chain = new TestChain();
    database = await openDatabase(":memory:");
    await installMeter(database, 7, "P", 0);
  });
  afterEach(async () => database.close());

  const follow = async (): Promise<Followed> => {
    const { provider } = chain;
    return await followChain(database, {
      provider,
      metering: ZeroAddress,
      fromBlock: 1,
      rangeBlocks: 500,
      finality: instantFinality(provider),
    });
  };
  const failure = async (): Promise<unknown> =>
    await follow().then(
      () => undefined,
      (error: unknown) => error,
    );
  const open = async (): Promise<unknown> =>
    await openReports(database, 2_000, 10, () => ({ usageWh: 1, registerRestWh: 1 }));
  const measured = async (): Promise<number[]> =>
    (await intervalsOf(database, "P", 0, HEIGHT)).map(({ tau }) => tau);

  it("undoes only what the blocks said that the chain has left, after a range that was read at once too", async () => {
    expect(await follow()).to.include({ reports: 3, undone: 0 });
    await open();
    for (const [at, undone] of [
      [HEIGHT, 0],
      [HEIGHT - 10, 0],
      [70, 1],
      [20, 2],
    ] as const) {
      chain.turnAt(at);
      expect(await follow(), `turned at ${at}`).to.include({ undone, reports: undone });
      expect(await measured()).to.deep.equal(REPORTED.slice(0, 3 - undone));
      await open();
      expect(await measured()).to.deep.equal(REPORTED);
    }
  });

  it("undoes nothing where the node has none of the blocks whose hashes are stored", async () => {
    await follow();
    await open();
    chain.turnAt(1);
    const error = await failure();
    expect(error).to.be.instanceOf(NoCommonBlockError);
    expect((error as NoCommonBlockError).block).to.equal(HEIGHT);
    expect(await countReports(database)).to.deep.equal({ opened: 3 });
    expect(await measured()).to.deep.equal(REPORTED);
  });

  it("begins anew on another branch where nothing is stored yet", async () => {
    await database.run("INSERT INTO progress (one, block, hash) VALUES (1, 90, '0x')");
    expect(await follow()).to.include({ reports: 3, undone: 0 });
  });

  it("stores nothing of a block that the node names and does not have", async () => {
    chain.lacking.add(40);
    const error = await failure();
    expect(error).to.be.instanceOf(NodeBehindError);
    expect((error as NodeBehindError).block).to.equal(40);
    expect(await countReports(database)).to.deep.equal({});
    chain.lacking.clear();
    await follow();
    const rows = await database.all("SELECT block_time FROM reports ORDER BY block");
    expect(rows).to.deep.equal(REPORTED.map((number) => ({ block_time: 1_000 + number })));
  });
});
