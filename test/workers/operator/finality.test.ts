import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Wallet } from "ethers";
import { FinalityOverlay__factory } from "../../../typechain-types/index.js";
import { signPossession } from "../../../workers/finality/attestation.js";
import { readWorkerFinal } from "../../../workers/finality/readWorker.js";
import { countSubmissions } from "../../../workers/store/journal.js";
import { openStore } from "../../../workers/store/openStore.js";
import { eventually } from "../../support/eventually.js";
import { freePorts } from "../../support/freePorts.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";
import { tinyChain, type TinyChain } from "./tinyChain.js";
import { trueValues } from "./tinyGrid.js";
import { watchedWorker, type WatchedWorker } from "./watchedWorker.js";

const METERS = ["line1", "line2", "line3", "bus1", "bus2", "bus3"];

describe("an operator's worker and what is final", function suite() {
  this.timeout(180_000);
  const root = temporaryFolder();
  let round = 0;
  let folder: string;
  let chain: TinyChain;
  let workers: WatchedWorker[];

  beforeEach(async () => {
    folder = join(root, String(++round));
    mkdirSync(folder);
    chain = await tinyChain();
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map(async (worker) => await worker.stop()));
    await chain.close();
  });

  /** In which states the upload of the worker of seat 0 is. */
  function uploadStates(): string[] {
    if (!workers[0]!.logs.some(({ msg }) => msg === "worker started")) return [];
    const store = openStore(workers[0]!.database, { readOnly: true });
    try {
      return countSubmissions(store)
        .filter(({ kind }) => kind === "upload")
        .map(({ state }) => state);
    } finally {
      store.close();
    }
  }

  async function mine(blocks: number): Promise<void> {
    for (let i = 0; i < blocks; i++) await chain.provider.send("evm_mine", []);
  }

  /** Writes the first operator's values of a slot, which its worker uploads at once. */
  async function upload(): Promise<void> {
    const slot = chain.firstSlot;
    await chain.mineAt(chain.start(slot) + 1);
    const values = trueValues(-0.01, 0.02);
    const rows = METERS.slice(0, 3).map(
      (meter, i) => `${new Date(1000 * chain.start(slot)).toISOString()},${meter},${values[i]},kW\n`,
    );
    writeFileSync(workers[0]!.measurements, `time,meter,value,unit\n${rows.join("")}`);
    await chain.mineAt(chain.start(slot) + 500);
    await eventually("the upload is on the chain", () => uploadStates().length > 0);
  }

  it("the overlay: nothing is, however deep, until the workers of a quorum signed it", async () => {
    const overlay = await new FinalityOverlay__factory(chain.operators[0]!).deploy(
      chain.contracts.consortium,
    );
    await overlay.waitForDeployment();
    const address = await overlay.getAddress();
    const domain = { chainId: BigInt(chain.chainId), overlay: address };
    for (const [seat, operator] of chain.operators.entries()) {
      const fromHeight = (await chain.provider.getBlockNumber()) + 5;
      const { signer, signature } = signPossession(chain.keys[seat]!, domain, { seat, fromHeight });
      expect(signer).to.equal(new Wallet(chain.keys[seat]!).address);
      await overlay.connect(operator).register(signer, fromHeight, signature);
    }
    // The workers take over their own nonces.
    await mine(10);
    const port = await freePorts(2);
    const settings = (seat: number) => ({
      contracts: { ...chain.contracts, finality: address },
      http: { host: "127.0.0.1", port: port + seat },
      finality: { kind: "overlay" as const, peers: [`http://127.0.0.1:${port + 1 - seat}`] },
    });
    workers.push(watchedWorker(chain, 0, folder, undefined, settings(0)));
    await eventually("it serves", async () =>
      readWorkerFinal(`http://127.0.0.1:${port}`).then(
        () => true,
        () => false,
      ),
    );
    await eventually("it signs from here on", () =>
      workers[0]!.logs.some(({ msg }) => msg === "worker started"),
    );
    await upload();
    await mine(40);
    const depth = await chain.provider.getBlockNumber();
    await eventually("it looked at those blocks", async () => {
      await mine(1);
      return (await chain.provider.getBlockNumber()) > depth + 20;
    });
    expect(uploadStates()).to.not.include("final");
    expect(await readWorkerFinal(`http://127.0.0.1:${port}`)).to.equal(undefined);

    workers.push(watchedWorker(chain, 1, folder, undefined, settings(1)));
    await eventually("the upload is final", async () => {
      await mine(1);
      return uploadStates().includes("final");
    });
    const final = (await readWorkerFinal(`http://127.0.0.1:${port}`))!;
    expect(final.attestations.map(({ seat }) => seat).toSorted((a, b) => a - b)).to.deep.equal([0, 1]);
  });

  it("instant: all that is included and confirmed", async () => {
    workers.push(watchedWorker(chain, 0, folder, undefined, { finality: { kind: "instant" } }));
    await upload();
    await eventually("the upload is final", async () => {
      await mine(1);
      return uploadStates().includes("final");
    });
  });
});
