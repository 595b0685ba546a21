import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { before, describe, it } from "mocha";
import { createNetwork } from "../../../workers/devnet/createNetwork.js";
import { devnetUrl } from "../../../workers/devnet/devnetUrl.js";
import { cliqueGeth } from "../../../workers/devnet/engines/cliqueGeth.js";
import { DevnetError } from "../../../workers/devnet/errors.js";
import { exportNetwork } from "../../../workers/devnet/exportNetwork.js";
import { layout } from "../../../workers/devnet/layout.js";
import { readNetwork } from "../../../workers/devnet/readNetwork.js";
import { startNetwork, startValidator } from "../../../workers/devnet/startNetwork.js";
import { stopNetwork } from "../../../workers/devnet/stopNetwork.js";
import type { Network } from "../../../workers/devnet/types.js";
import { nearestValidator, validatorUrl } from "../../../workers/devnet/validatorUrl.js";
import { freePorts } from "../../support/freePorts.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

/** What a promise is rejected with. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error: unknown) => error,
  );
}

const silent = (): void => undefined;

describe("a folder that was carried to its machine", () => {
  const root = temporaryFolder();
  const home = join(root, "home");
  const own = join(root, "carried", "validator-2");
  let network: Network;
  before(async () => {
    await createNetwork(home, {
      tier: "wan",
      engine: "clique",
      validators: 4,
      chainId: 20_299,
      blockPeriodSeconds: 2,
      gasLimit: 30_000_000,
      basePort: await freePorts(12),
    });
    const hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];
    exportNetwork(home, readNetwork(home), join(root, "carried"), hosts);
    network = readNetwork(own);
  });

  it("has tasks ask its own validator, on loopback", () => {
    const [first, second] = network.validators;
    expect(devnetUrl(own)).to.equal(`http://127.0.0.1:${second!.rpcPort}`);
    expect(devnetUrl(home)).to.equal(`http://127.0.0.1:${first!.rpcPort}`);
    expect(nearestValidator(layout(own), network.validators)).to.equal(second);
    expect(validatorUrl(layout(own), second!)).to.equal(`http://127.0.0.1:${second!.rpcPort}`);
    expect(validatorUrl(layout(own), first!)).to.equal(`http://10.0.0.1:${first!.rpcPort}`);
  });

  it("starts its own validator and no other, which lets its peers in from elsewhere; stopped, it is the folder it was", async () => {
    const started: string[][] = [];
    const geth = cliqueGeth("geth");
    const engine: typeof geth = {
      ...geth,
      initialise: () => undefined,
      start: (...args) => {
        started.push([...geth.start(...args).args]);
        return { program: "false", args: [] };
      },
    };
    try {
      const error = await rejection(startNetwork(own, network, engine, silent));
      expect(error).to.be.instanceOf(DevnetError);
      expect((error as Error).message).to.include("validator 2 ended");
    } finally {
      await stopNetwork(own);
    }
    expect(started).to.have.length(1);
    expect(started[0]).to.include(layout(own).validator(2).data).and.include("0.0.0.0/0");
    for (const other of [1, 3, 4]) expect(existsSync(layout(own).validator(other).data)).to.equal(false);
    expect(layout(own).sockets).to.equal(join(own, "sockets"));

    const refused = await rejection(startValidator(own, network, 3, engine, silent));
    expect((refused as Error).message).to.include("validator 3 is on another machine");
    expect(started).to.have.length(1);
    expect(existsSync(layout(own).validator(3).data)).to.equal(false);
    expect(readFileSync(layout(own).network, "utf8")).to.include("10.0.0.3");
  });
});
