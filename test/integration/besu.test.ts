import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import { after, before, describe, it } from "mocha";
import { createNetwork } from "../../workers/devnet/createNetwork.js";
import { BESU_VARIABLE, besuQbft, findBesu } from "../../workers/devnet/engines/besuQbft.js";
import type { Engine } from "../../workers/devnet/engines/types.js";
import { networkStatus } from "../../workers/devnet/networkStatus.js";
import { startNetwork } from "../../workers/devnet/startNetwork.js";
import { deleteNetwork } from "../../workers/devnet/stopNetwork.js";
import type { Network } from "../../workers/devnet/types.js";
import { instantFinality } from "../../workers/finality/instantFinality.js";
import { eventually } from "../support/eventually.js";
import { freePorts } from "../support/freePorts.js";
import { temporaryFolder } from "../support/temporaryFolder.js";

describe("a network of four QBFT validators of Besu", function suite() {
  this.timeout(300_000);
  const folder = join(temporaryFolder(), "net");
  let network: Network;
  let engine: Engine;

  before(async function findEngine() {
    const besu = await findBesu(process.env);
    if (besu === undefined) {
      process.stdout.write(`    skipped: no Besu on the path, and ${BESU_VARIABLE} names none\n`);
      this.skip();
      return;
    }
    engine = besuQbft(besu);
    network = await createNetwork(folder, {
      tier: "wan",
      engine: "qbft",
      validators: 4,
      chainId: 20_298,
      blockPeriodSeconds: 1,
      gasLimit: 60_000_000,
      basePort: await freePorts(3 * 5),
    });
    await startNetwork(folder, network, engine, () => undefined);
  });
  after(async () => {
    if (existsSync(join(folder, "network.json"))) await deleteNetwork(folder);
  });

  it("seals on one chain, whose latest block is final", async () => {
    const earlier = await networkStatus(folder, network, engine);
    const height = Math.max(...earlier.validators.map((one) => one.height ?? 0));
    const [first] = network.validators;
    const provider = new JsonRpcProvider(`http://127.0.0.1:${first!.rpcPort}`);
    try {
      await eventually("ten more blocks", async () => (await provider.getBlockNumber()) > height + 10);
      const final = (await instantFinality(provider).latest())!;
      const hashes = await Promise.all(
        network.validators.map(async ({ rpcPort }) => {
          const other = new JsonRpcProvider(`http://127.0.0.1:${rpcPort}`);
          try {
            return (await other.getBlock(final.number - 1))?.hash;
          } finally {
            other.destroy();
          }
        }),
      );
      expect(new Set(hashes).size).to.equal(1);
    } finally {
      provider.destroy();
    }
  });
});
