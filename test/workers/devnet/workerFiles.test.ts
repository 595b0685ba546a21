import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import type { Deployment } from "../../../workers/chain/deploymentFile.js";
import { layout } from "../../../workers/devnet/layout.js";
import type { Network } from "../../../workers/devnet/types.js";
import { writeWorkerConfigurations } from "../../../workers/devnet/workerFiles.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const ACCOUNT = `0x${"11".repeat(20)}`;
const network = {
  operators: [{ name: "Operator 1", address: ACCOUNT }],
  validators: [{ number: 1, host: "127.0.0.1", rpcPort: 8_600 }],
} as unknown as Network;
const deployment = (ledger: string): Deployment =>
  ({ chainId: 7, fromBlock: 3, contracts: { ledger: `0x${ledger.repeat(20)}` } }) as unknown as Deployment;

const read = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;

describe("writeWorkerConfigurations", () => {
  const folder = temporaryFolder();
  mkdirSync(dirname(layout(folder).operatorKeystore(1)), { recursive: true });
  const write = (ledger: string): string =>
    writeWorkerConfigurations(folder, network, deployment(ledger), [ACCOUNT])[0]!;

  it("leaves what an operator changed, as long as the ledger is the same", () => {
    const file = write("22");
    const changed = { ...read(file), measurements: "readings" };
    writeFileSync(file, JSON.stringify(changed));
    expect(write("22")).to.equal(file);
    expect(read(file)).to.deep.equal(changed);
  });

  it("replaces it for another ledger, and where it cannot be read", () => {
    const file = write("33");
    expect(read(file)).to.not.have.property("measurements");
    expect(read(file).contracts).to.deep.equal({ ledger: `0x${"33".repeat(20)}` });
    writeFileSync(file, "{");
    expect(read(write("33")).chainId).to.equal(7);
  });

  it("names the validator that took over an operator's key, and no other operator's", () => {
    const [other] = network.validators;
    const changed = {
      ...network,
      validators: [
        { ...other!, number: 2 },
        { ...other!, number: 5, operator: 1, rpcPort: 8_612 },
      ],
    };
    const files = writeWorkerConfigurations(folder, changed, deployment("44"), [ACCOUNT]);
    expect(files.map((file) => read(file).rpcUrl)).to.deep.equal(["http://127.0.0.1:8612"]);
    const without = { ...network, validators: [{ ...other!, number: 2 }] };
    expect(writeWorkerConfigurations(folder, without, deployment("55"), [ACCOUNT])).to.deep.equal([]);
  });
});
