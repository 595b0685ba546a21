import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import { after, before, describe, it } from "mocha";
import { type Contracts, connectContracts } from "../../workers/chain/connectContracts.js";
import { readDeployment } from "../../workers/chain/deploymentFile.js";
import { readMembers } from "../../workers/chain/readMembers.js";
import { readVersion } from "../../workers/chain/readVersion.js";
import { devnetUrl } from "../../workers/devnet/devnetUrl.js";
import { cliqueGeth } from "../../workers/devnet/engines/cliqueGeth.js";
import { layout } from "../../workers/devnet/layout.js";
import { onNode } from "../../workers/devnet/nodeState.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { runningOf } from "../../workers/devnet/running.js";
import { deleteNetwork } from "../../workers/devnet/stopNetwork.js";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { checkedBy, HARDHAT, runScript, type ScriptRun } from "./runScript.js";

describe("the run-books that change who is in, one after the other on one network", function suite() {
  this.timeout(900_000);
  // Before the folder goes, which would take with it the list of what runs.
  after(async () => {
    provider?.destroy();
    if (existsSync(layout(folder).network)) await deleteNetwork(folder);
  });
  const root = temporaryFolder();
  const folder = join(root, "net");
  let geth: string;
  let provider: JsonRpcProvider;
  let contracts: Contracts;
  let sum: bigint;

  before(async function findEngine() {
    const found = await openGeth();
    if (found === undefined) this.skip();
    else geth = found;
  });

  const run = async (name: string, args: readonly string[] = [], command = HARDHAT): Promise<ScriptRun> =>
    await runScript(name, ["--dir", folder, ...args], { GRIDPROOF: command, GRIDPROOF_GETH: geth });
  /** A command that leaves one task out, and says that all is well. */
  const without = (task: string): string => {
    const path = join(root, `without-${task.replaceAll(" ", "-")}.sh`);
    writeFileSync(path, `#!/bin/sh\ncase "$1 $2" in "${task}") exit 0 ;; esac\nexec "${HARDHAT}" "$@"\n`, {
      mode: 0o755,
    });
    return path;
  };
  /** The accounts that may seal, as each node that runs knows them: one list. */
  const sealers = async (): Promise<string[]> => {
    const network = readNetwork(folder);
    const running = await runningOf(folder, network);
    const engine = cliqueGeth(geth);
    const lists = await Promise.all(
      network.validators
        .filter(({ number }) => running.validators.has(number))
        .map((one) => onNode(engine, one, layout(folder), (node) => engine.sealers(node))),
    );
    const each = lists.map((list) => list.map((one) => one.toLowerCase()).sort());
    for (const list of each) expect(list).to.deep.equal(each[0]);
    return each[0]!;
  };
  const present = async () => (await readMembers(contracts.consortium)).filter(({ active }) => active);
  const recordedBy = async (name: string): Promise<string> => {
    const { seat } = (await present()).find((member) => member.name === name)!;
    return (await contracts.consortium.nodeOf(seat)).validator.toLowerCase();
  };
  const addressOf = (number: number): string =>
    readNetwork(folder)
      .validators.find((one) => one.number === number)!
      .address.toLowerCase();

  it("form-consortium.sh founds a consortium, with a validator for each and a grid in force", async () => {
    const ports = ["--port", String(await freePorts(3 * 7)), "--chain-id", "20297"];
    expectDone(await run("form-consortium.sh", ports));
    provider = new JsonRpcProvider(devnetUrl(folder), undefined, { cacheTimeout: -1 });
    contracts = connectContracts(readDeployment(join(folder, "chain.json")).contracts, provider);
    const founders = await present();
    expect(founders.map(({ name }) => name)).to.deep.equal([1, 2, 3, 4].map((n) => `Operator ${n}`));
    sum = founders.reduce((all, { credits }) => all + credits, 0n);
    expect(sum).to.equal(4_000_000_000_000n);
    for (const number of [1, 2, 3, 4])
      expect(await recordedBy(`Operator ${number}`)).to.equal(addressOf(number));
    expect(await contracts.registry.activeVersion()).to.equal(1n);
  });

  it("add-operator.sh gives a fifth operator a validator and a seat", async () => {
    expectDone(await run("add-operator.sh", ["--credits", "5000"]));
    const members = await present();
    expect(members.at(-1)).to.deep.include({ name: "Operator 5", credits: 5_000n });
    expect(members.reduce((all, { credits }) => all + credits, 0n)).to.equal(sum);
    expect(await recordedBy("Operator 5")).to.equal(addressOf(5));
    expect(await sealers())
      .to.have.length(5)
      .and.to.include(addressOf(5));
  });

  it("fails, and says where, if a step did not do what it was to do", async () => {
    const ran = await run("rotate-validator-key.sh", [], without("devnet enforce"));
    expect(ran.status).to.equal(1);
    expect(ran.stderr).to.match(
      /^rotate-validator-key\.sh: NOT SO: the new validator 0x\w+ seals, the old/mu,
    );
    expect(ran.stderr).to.include("rotate-validator-key.sh: FAILED (status 1) in step 4: Check");
  });

  it("fails at once, and says where, if a command does", async () => {
    const ran = await run("rotate-validator-key.sh", ["--operator", "99"]);
    expect(ran.status).to.not.equal(0);
    expect(ran.stderr).to.match(
      /^rotate-validator-key\.sh: FAILED \(status \d+\) in step 0: what it starts from$/mu,
    );
    const none = await runScript("form-consortium.sh", [], { GRIDPROOF: "false" });
    expect(none.status).to.equal(1);
    expect(none.stderr).to.equal(
      "form-consortium.sh: FAILED (status 1) in step 1: Start 4 validators, peers of one another\n",
    );
    const option = await runScript("form-consortium.sh", ["--operator", "3"]);
    expect(option.status).to.equal(1);
    expect(option.stderr).to.include("there is no option --operator; see --help");
  });

  it("rotate-validator-key.sh leaves the new key alone, and mends what was left half done", async () => {
    expectDone(await run("rotate-validator-key.sh"));
    const { validators } = readNetwork(folder);
    expect(validators.map(({ number }) => number)).to.deep.equal([1, 3, 4, 5, 7]);
    expect(await recordedBy("Operator 2")).to.equal(addressOf(7));
    expect(await sealers()).to.deep.equal(validators.map(({ address }) => address.toLowerCase()).sort());
    const { validators: running } = await runningOf(folder, readNetwork(folder));
    expect([...running.keys()]).to.have.members([1, 3, 4, 5, 7]);
  });

  it("remove-operator.sh expels an operator, its validator and its meters", async () => {
    const gone = addressOf(4);
    expectDone(await run("remove-operator.sh"));
    const members = await present();
    expect(members.map(({ name }) => name)).to.deep.equal([1, 2, 3, 5].map((n) => `Operator ${n}`));
    expect(members.reduce((all, { credits }) => all + credits, 0n)).to.equal(sum);
    expect(await sealers())
      .to.have.length(4)
      .and.not.to.include(gone);
    const active = await contracts.registry.activeVersion();
    const { labels } = await readVersion(contracts.registry, provider, active);
    expect(active).to.equal(2n);
    expect(new Set(labels.meters.map(({ owner }) => owner))).to.not.include("Operator 4");
  });
});

function expectDone(ran: ScriptRun): void {
  expect(ran.status, `${ran.stdout}\n${ran.stderr}`).to.equal(0);
  expect(checkedBy(ran)).to.have.length.above(1);
}
