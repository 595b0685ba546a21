import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { SlotLedger__factory } from "../../typechain-types/index.js";
import type { Deployment } from "../../workers/chain/deploymentFile.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { testTerms } from "../support/sharedGrid.js";
import { jsonOf, runTask } from "./runTask.js";

const NAMES = ["North", "East, Inc.", "South", "West"];
const NODE = "enode://ab12@10.0.0.1:30303";
const voting = { supermajority: "2/3", votingSeconds: 3_600, delaySeconds: 60, executionSeconds: 7_200 };
const clock = { slotSeconds: 100, cutOffSlots: 2, expirySlots: 5 };

interface Shown {
  readonly id: number;
  readonly state: string;
  readonly reason: string;
  readonly yes: readonly string[];
  readonly no: readonly string[];
  readonly calls: readonly { readonly words: string }[];
}

interface Listed {
  readonly rules: Readonly<Record<string, string | number | boolean>>;
  readonly proposals: readonly Shown[];
}

interface Members {
  readonly members: readonly {
    readonly name: string;
    readonly account: string;
    readonly active: boolean;
    readonly credits: string;
    readonly validator?: string;
    readonly node?: string;
  }[];
  readonly departed: readonly Readonly<Record<string, string | number>>[];
}

describe("the command line, by vote", () => {
  const folder = temporaryFolder();
  const deployment = join(folder, "here.json");
  let accounts: string[] = [];

  const propose = async (args: Record<string, unknown>): Promise<number> =>
    Number((await jsonOf<{ id: string }>("govern propose", { deployment, as: "North", ...args })).id);
  const vote = async (id: number, voters: readonly string[]): Promise<void> => {
    for (const as of voters) await jsonOf("govern vote", { deployment, id, as });
  };
  /** Proposes, votes with as many as it takes, waits out the longest delay of these tests, and executes. */
  const carry = async (args: Record<string, unknown>, voters: readonly string[] = NAMES.slice(0, 3)) => {
    const id = await propose(args);
    await vote(id, voters);
    await wait(90);
    return await jsonOf<Shown>("govern execute", { deployment, id, as: "North" });
  };
  const list = async () => await jsonOf<Listed>("govern list", { deployment });
  const members = async () => await jsonOf<Members>("members list", { deployment });

  before(async () => {
    const { ethers } = await network.getOrCreate();
    accounts = (await ethers.getSigners()).map(({ address }) => address);
    const founders = NAMES.map((name, i) => ({ name, account: accounts[i + 1]! }));
    const file = join(folder, "founders.json");
    writeFileSync(file, JSON.stringify({ founders, vetoSeconds: 60, clock, voting }));
    await jsonOf("deploy", { founders: file, deployment });
  });

  it("shows a proposal from its making to its execution", async () => {
    const id = await propose({ set: "delay=90, supermajority=3/4", reason: "more time" });
    await vote(id, ["North", "South"]);
    await jsonOf("govern vote", { deployment, id, as: "West", against: true });
    const open = await jsonOf<Shown>("govern show", { deployment, id });
    expect([open.state, open.reason, open.yes, open.no]).to.deep.equal([
      "open",
      "more time",
      ["North", "South"],
      ["West"],
    ]);
    expect(open.calls[0]!.words)
      .to.match(/^governance\.setRules\(/u)
      .and.include("supermajorityNumerator: 3")
      .and.include("delaySeconds: 90");
    const few = await runTask("govern execute", { deployment, id, as: "West" });
    expect(few.error).to.include("GovernanceNotCarried").and.include("yes = 2, needed = 3");
    await vote(id, ["East, Inc."]);
    const early = await runTask("govern execute", { deployment, id, as: "West" });
    expect(early.error).to.include("GovernanceTooEarly");
    await wait(60);
    // Anyone may.
    await jsonOf("govern execute", { deployment, id, as: accounts[9] });
    const { rules, proposals } = await list();
    expect([rules.delay, rules.supermajority, rules.votingSeconds]).to.deep.equal([90, "3/4", 3_600]);
    expect(proposals.map(({ state }) => state)).to.deep.equal(["executed"]);
    await carry({ set: "delay=60,supermajority=2/3" });
  });

  for (const [name, value, shown] of [
    ["supermajority", "3/5", "3/5"],
    ["votingSeconds", "4000", 4_000],
    ["delay", "61", 61],
    ["executionSeconds", "8000", 8_000],
    ["confirmationDepth", "7", 7],
    ["vetoSeconds", "120", 120],
  ] as const) {
    it(`changes ${name} by a vote`, async () => {
      await carry({ set: `${name}=${value}` });
      expect((await list()).rules[name]).to.equal(shown);
    });
  }

  for (const [name, value, shown] of [
    ["reward", "11000", "11000"],
    ["missingPenalty", "95000", "95000"],
    ["anomalyPenalty", "20001", "20001"],
    ["slotSeconds", "120", 120],
    ["cutOffSlots", "3", 3],
    ["commitSlots", "1", 1],
    ["expirySlots", "6", 6],
    ["penaliseIncomplete", "true", true],
    ["falseAlarmRate", "0.001", 3.0902],
  ] as const) {
    it(`changes the ledger's ${name} by a vote, from a slot to come`, async () => {
      const { rules: was } = await list();
      const { ethers, networkHelpers } = await network.getOrCreate();
      // One change at a time: the next one waits until the slots before are settled.
      const snapshot = await networkHelpers.takeSnapshot();
      const { contracts } = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
      const ledger = SlotLedger__factory.connect(contracts.ledger, ethers.provider);
      const fromSlot = String(
        (await ledger.slotAt((await ethers.provider.getBlock("latest"))!.timestamp)) + 6n,
      );
      const done = await carry({ set: `${name}=${value}`, fromSlot });
      expect(done.calls[0]!.words).to.match(/^rules\.change\(/u);
      const { rules } = await list();
      const key = name === "falseAlarmRate" ? "normalQuantile" : name;
      const got = rules[key];
      expect(typeof got === "number" ? Math.round(got * 1e4) / 1e4 : got).to.equal(shown);
      const others = Object.entries(rules).filter(([other]) => other !== key && !other.endsWith("from slot"));
      expect(Object.fromEntries(others)).to.deep.equal(
        Object.fromEntries(
          Object.entries(was).filter(([other]) => other !== key && !other.endsWith("from slot")),
        ),
      );
      expect(rules["ledger's rules from slot"]).to.equal(Number(fromSlot));
      await snapshot.restore();
    });
  }

  it("chooses a slot after vote, delay and execution for changed rules of the ledger, if none is named", async () => {
    const { ethers } = await network.getOrCreate();
    const { contracts } = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
    const ledger = SlotLedger__factory.connect(contracts.ledger, ethers.provider);
    const { rules } = await list();
    const id = await propose({ set: "reward=12000" });
    const now = (await ethers.provider.getBlock("latest"))!.timestamp;
    const { calls } = await jsonOf<Shown>("govern show", { deployment, id });
    const first = Number(/firstSlot = (\d+)/u.exec(calls[0]!.words)![1]);
    const most = Number(rules.votingSeconds) + Number(rules.delay) + Number(rules.executionSeconds);
    const earliest = Number(await ledger.slotAt(now + most));
    expect(first).to.be.within(earliest - 1, earliest + 1);
  });

  it("says what is wrong with a proposal, in one line", async () => {
    for (const [args, words] of [
      [{}, "nothing is proposed"],
      [{ set: "speed=1" }, "speed: not a parameter; there are supermajority"],
      [{ set: "delay=" }, "delay: no value"],
      [{ set: "delay=1,delay=2" }, "delay is set twice"],
      [{ set: "delay=soon" }, "delay: expected a whole number up to 4294967295, got soon"],
      [{ set: "supermajority=most" }, "supermajority: expected a fraction such as 2/3"],
      [{ set: "penaliseIncomplete=maybe" }, "penaliseIncomplete: expected true or false, got maybe"],
      [{ set: "falseAlarmRate=0.9" }, "falseAlarmRate: expected a rate above 0, at most 0.5, got 0.9"],
      [{ set: "reward=1", fromSlot: "0" }, "slot 0: rules from slot"],
      [{ expel: "Nobody" }, "Nobody is not a member"],
      [{ admit: "X;0x12;North;5" }, "admit: 0x12 is no address"],
      [{ admit: "X" }, "admit: expected 4 parts separated by semicolons, got 1"],
      [{ retireLedger: "soon" }, "retireLedger: soon is no slot"],
    ] as const) {
      const { error } = await runTask("govern propose", { deployment, as: "North", ...args });
      expect(error, JSON.stringify(args)).to.include(words);
    }
    const { error } = await runTask("govern show", { deployment, id: 999 });
    expect(error).to.include("GovernanceUnknownProposal");
  });

  it("admits a member that another one pays for", async () => {
    const newcomer = accounts[6]!;
    await jsonOf("members sponsor", { deployment, as: "South", account: newcomer, amount: 5_000n });
    const done = await carry({ admit: `Solar; ${newcomer}; South; 5000` });
    expect(done.calls[0]!.words)
      .to.include("consortium.admit(")
      .and.include("name = Solar")
      .and.include("South (0x");
    const rows = (await members()).members;
    expect(rows.map(({ name, credits }) => [name, credits])).to.deep.equal([
      ["North", "1000000000000"],
      ["East, Inc.", "1000000000000"],
      ["South", "999999995000"],
      ["West", "1000000000000"],
      ["Solar", "5000"],
    ]);
  });

  it("records nodes, and says which have to go once a member is expelled or has another one", async () => {
    const [first, second, third] = accounts.slice(10, 13) as [string, string, string];
    await jsonOf("members node", { deployment, as: "West", validator: first, url: NODE });
    await jsonOf("members node", { deployment, as: "North", validator: second, url: `${NODE}2` });
    await jsonOf("members node", { deployment, as: "North", validator: third, url: `${NODE}2` });
    const taken = await runTask("members node", { deployment, as: "South", validator: third, url: NODE });
    expect(taken.error).to.include("ConsortiumValidatorTaken");
    await carry({ expel: "West" }, [...NAMES.slice(0, 3), "Solar"]);
    const { departed, members: rows } = await members();
    expect(rows[3]).to.include({ name: "West", active: false, credits: "0", validator: first });
    expect(departed).to.deep.equal([
      { seat: 3, name: "West", because: "left", validator: first, node: NODE },
      { seat: 0, name: "North", because: "replaced", validator: second },
    ]);
  });

  it("gives a seat to another account, which signs from then on", async () => {
    await carry({ replace: `East, Inc.;${accounts[7]!}` }, [...NAMES.slice(0, 3), "Solar"]);
    expect((await members()).members[1]).to.include({ name: "East, Inc.", account: accounts[7] });
    const old = await runTask("members leave", { deployment, as: accounts[2] });
    expect(old.error).to.include("is not a member");
  });

  it("makes any calls of a file", async () => {
    const { contracts } = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
    const file = join(folder, "calls.json");
    const data = "0x1234567800";
    writeFileSync(file, JSON.stringify([{ target: contracts.registry, data }]));
    const id = await propose({ calls: file });
    expect((await jsonOf<Shown>("govern show", { deployment, id })).calls[0]!.words).to.equal(
      `registry: ${data}`,
    );
    writeFileSync(file, JSON.stringify([{ target: "registry", data }]));
    const bad = await runTask("govern propose", { deployment, as: "North", calls: file });
    expect(bad.error).to.include("0.target: registry is no address");
  });

  it("lets a member leave in two steps, with its credits", async () => {
    await jsonOf("members leave", { deployment, as: "Solar" });
    const left = await jsonOf<{ left: boolean; credits: string }>("members leave", {
      deployment,
      as: "Solar",
    });
    expect(left.left).to.equal(true);
    expect((await members()).members[4]).to.include({ active: false, credits: "0" });
  });

  it("changes the slot ledger, and verifies that nothing was lost", async () => {
    const { ethers } = await network.getOrCreate();
    const old = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
    const kept = join(folder, "old.json");
    writeFileSync(kept, JSON.stringify(old));
    const present = SlotLedger__factory.connect(old.contracts.ledger, ethers.provider);
    const genesis = await present.genesis();
    const now = BigInt((await ethers.provider.getBlock("latest"))!.timestamp);
    const start = genesis + ((now - genesis) / 100n + 30n) * 100n;
    const deployer = (await ethers.getSigners())[0]!;
    const next = await new SlotLedger__factory(deployer).deploy(
      old.contracts.consortium,
      old.contracts.registry,
      { ...clock, commitSlots: 0, genesis: start },
      testTerms,
    );
    await carry({ replaceLedger: await next.getAddress() });
    const early = await runTask("contracts verify", { deployment, old: kept });
    expect(early.error).to.include("the migration does not hold: the old ledger may move credits");
    const switched = await jsonOf<{ to: string }>("contracts switch", { deployment, as: "North" });
    expect(switched.to).to.equal(await next.getAddress());
    const verified = await jsonOf<{ nothingLost: boolean }>("contracts verify", { deployment, old: kept });
    expect(verified.nothingLost).to.equal(true);
    // Held the other way round, it does not hold.
    const wrong = await runTask("contracts verify", { deployment: kept, old: deployment });
    expect(wrong.error).to.include("the migration does not hold: the new ledger is the consortium's");
  });
});

/** Moves the chain's time on. */
async function wait(seconds: number): Promise<void> {
  const { networkHelpers } = await network.getOrCreate();
  await networkHelpers.time.increase(seconds);
}
