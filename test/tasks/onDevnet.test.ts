import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type ContractTransactionResponse, JsonRpcProvider, Wallet } from "ethers";
import { after, before, describe, it } from "mocha";
import { MeterKeys__factory, SlotLedger__factory } from "../../typechain-types/index.js";
import { connectContracts } from "../../workers/chain/connectContracts.js";
import { readDeployment } from "../../workers/chain/deploymentFile.js";
import { signReading } from "../../workers/crypto/meterReading.js";
import { createNetwork, PORTS } from "../../workers/devnet/createNetwork.js";
import { cliqueGeth } from "../../workers/devnet/engines/cliqueGeth.js";
import { layout } from "../../workers/devnet/layout.js";
import { operatorWallets } from "../../workers/devnet/operatorWallets.js";
import { startNetwork } from "../../workers/devnet/startNetwork.js";
import { deleteNetwork } from "../../workers/devnet/stopNetwork.js";
import type { Network } from "../../workers/devnet/types.js";
import { packBatch } from "../../workers/measurement/packValues.js";
import { DevnetTasks, type TaskProcess } from "../support/devnetTasks.js";
import { eventually } from "../support/eventually.js";
import { freePorts } from "../support/freePorts.js";
import { onAllNodes } from "../support/onAllNodes.js";
import { openGeth } from "../support/openGeth.js";
import { testTerms } from "../support/sharedGrid.js";
import { temporaryFolder } from "../support/temporaryFolder.js";

const OPERATORS = [1, 2, 3, 4].map((number) => `Operator ${number}`);
/** A meter that lies, and by how much; its owner is looked up. */
const LIAR = "F6";
const LIE_KW = 40_000;
/** Slots of a second, so that the time in which a suspect may be named passes here. */
const GRID_CLOCK = { slotSeconds: 1, cutOffSlots: 120, expirySlots: 120 };
const VOTE_CLOCK = { slotSeconds: 10, cutOffSlots: 2, expirySlots: 60 };
/** The shortest times that the contracts take. */
const VOTING = { supermajority: "2/3", votingSeconds: 300, delaySeconds: 60, executionSeconds: 3_600 };

/** Who signs. */
const as = (operator: string): string[] => ["--as", operator];

interface Proposal {
  readonly id: number | string;
  readonly state: string;
  readonly yes: readonly string[];
  readonly no: readonly string[];
  readonly calls: readonly { readonly words: string }[];
  readonly executableFrom: number;
}

interface Credits {
  readonly total: string;
  readonly members: readonly { readonly name: string; readonly credits: string }[];
}

describe("every task that means a deployment, on a network of four geth validators", function suite() {
  this.timeout(600_000);
  const folder = temporaryFolder();
  const net = join(folder, "net");
  const at = (name: string): string => join(folder, name);
  const tasks = new DevnetTasks(folder, net);
  // The members vote in one consortium, and share a grid in the other: what one waits for goes on beside the other.
  const votes = ["--deployment", at("votes.json")];
  const grid = ["--deployment", at("grid.json")];
  const newcomer = Wallet.createRandom();
  const newcomerKey = ["--keystore", at("newcomer.json"), "--password-file", at("newcomer.password")];
  let network: Network;
  let provider: JsonRpcProvider;
  let wallets: Wallet[];
  let execution: Promise<TaskProcess>;
  let nextLedger = "";
  let first = 0;
  let liarOwner = "";
  /** What is uploaded, kW, by slot and meter. */
  const values = new Map<number, Map<string, number>>();

  const contractsOf = (name: string) => {
    const { contracts, fromBlock } = readDeployment(at(name));
    return { ...connectContracts(contracts, provider), addresses: contracts, fromBlock };
  };
  const chainTime = async (): Promise<number> => (await provider.getBlock("latest"))!.timestamp;
  const creditsOf = async () => await tasks.json<Credits>("credits show", grid);
  /** Waits for a time of the chain on all nodes, however far off it is, as long as there are blocks. */
  const untilTime = async (time: number): Promise<void> => {
    for (let now = await chainTime(); now < time; now = await chainTime())
      await eventually("another block", async () => (await chainTime()) > now);
    await onAllNodes(net);
  };

  before(async function setUp() {
    const geth = await openGeth();
    if (geth === undefined) {
      this.skip();
      return;
    }
    network = await createNetwork(net, {
      tier: "wan",
      engine: "clique",
      validators: 4,
      chainId: 20_288,
      blockPeriodSeconds: 1,
      gasLimit: 60_000_000,
      basePort: await freePorts(4 * PORTS),
    });
    await startNetwork(net, network, cliqueGeth(geth), () => undefined);
    provider = new JsonRpcProvider(`http://127.0.0.1:${network.validators[0]!.rpcPort}`, undefined, {
      cacheTimeout: -1,
    });
    provider.pollingInterval = 250;
    wallets = (await operatorWallets(net, network)).map((wallet) => wallet.connect(provider));
    writeFileSync(at("newcomer.password"), "a newcomer's", { mode: 0o600 });
    writeFileSync(at("newcomer.json"), newcomer.encryptSync("a newcomer's"), { mode: 0o600 });
    for (const [name, clock] of [
      ["votes", VOTE_CLOCK],
      ["grid", GRID_CLOCK],
    ] as const) {
      writeFileSync(at(`${name}-terms.json`), JSON.stringify({ vetoSeconds: 0, clock, voting: VOTING }));
      await tasks.json("deploy", [
        "--founders",
        at(`${name}-terms.json`),
        "--operators",
        "4",
        "--deployment",
        at(`${name}.json`),
      ]);
    }
  });
  after(async () => {
    await tasks.endAll();
    provider?.destroy();
    if (existsSync(layout(net).network)) await deleteNetwork(net);
  });

  describe("govern", () => {
    it("takes a proposal, and the members' votes for and against it", async () => {
      const { addresses, ledger } = contractsOf("votes.json");
      const genesis = Number(await ledger.genesis());
      const past = Math.ceil(((await chainTime()) - genesis) / VOTE_CLOCK.slotSeconds);
      const next = await new SlotLedger__factory(wallets[0]!).deploy(
        addresses.consortium,
        addresses.registry,
        { ...VOTE_CLOCK, commitSlots: 0, genesis: genesis + (past + 60) * VOTE_CLOCK.slotSeconds },
        testTerms,
      );
      await next.waitForDeployment();
      await onAllNodes(net);
      nextLedger = await next.getAddress();

      await tasks.json("members sponsor", [newcomer.address, "5000"], as("Operator 2"), votes);
      await tasks.json("members fund", [newcomer.address, "2.5"], as("Operator 3"), votes);
      expect(await provider.getBalance(newcomer.address)).to.equal(2_500_000_000_000_000_000n);

      const { id } = await tasks.json<Proposal>(
        "govern propose --set vetoSeconds=30,confirmationDepth=2",
        [
          "--admit",
          `Solar;${newcomer.address};Operator 2;5000`,
          "--replace-ledger",
          nextLedger,
          "--reason",
          "more of us",
        ],
        as("Operator 2"),
        votes,
      );
      expect(Number(id)).to.equal(1);
      await Promise.all([
        tasks.json("govern vote 1", as("Operator 1"), votes),
        tasks.json("govern vote 1", as("Operator 2"), votes),
      ]);
      await tasks.json("govern vote 1 --against", as("Operator 3"), votes);
      expect(await tasks.refusal("govern execute 1 --wait", as("Operator 1"), votes)).to.include(
        "GovernanceNotCarried(id = 1, yes = 2, needed = 3)",
      );
      const voted = await tasks.json<Proposal>("govern vote 1", as("Operator 4"), votes);
      expect(voted.state).to.equal("carried");
      const shown = await tasks.json<Proposal>("govern show 1", votes);
      expect([shown.state, shown.yes, shown.no]).to.deep.equal([
        "carried",
        ["Operator 1", "Operator 2", "Operator 4"],
        ["Operator 3"],
      ]);
      expect(shown.executableFrom).to.equal(voted.executableFrom);
      expect(shown.calls.map(({ words }) => words.split("(")[0])).to.deep.equal([
        "registry.setVetoSeconds",
        "governance.setRules",
        "consortium.admit",
        "consortium.replaceLedger",
      ]);
      expect(await tasks.refusal("govern execute 1", as("Operator 1"), votes)).to.include(
        "GovernanceTooEarly(id = 1",
      );
      // It waits while the rest goes on.
      execution = tasks.run("govern execute 1 --wait", as("Operator 3"), votes, ["--json", "-"]);
    });
  });

  describe("grid", () => {
    it("brings a version into force, and ends another one by a veto", async () => {
      await tasks.json("grid propose ieee14", as("Operator 1"), grid);
      await tasks.json("grid prove 1", as("Operator 1"), grid);
      for (const pair of [OPERATORS.slice(0, 2), OPERATORS.slice(2)]) {
        await Promise.all(
          pair.map(async (operator) => await tasks.json("grid approve 1", as(operator), grid)),
        );
      }
      await tasks.json("grid propose ieee14 --both-ends", as("Operator 3"), grid);
      await tasks.json("grid veto 2", as("Operator 2"), grid);
      expect(await tasks.refusal("grid approve 2", as("Operator 1"), grid)).to.include(
        "GridRegistryWrongStatus(version = 2",
      );
      const { nextSlot } = await tasks.json<{ nextSlot: number }>("grid activate 1", as("Operator 4"), grid);
      first = nextSlot;
    });
  });

  describe("slot and meters", () => {
    it("simulates what meters read, and uploads a slot's values, one of them a lie", async () => {
      const day = await tasks.json<{ first: number; files: { operator: string; path: string }[] }>(
        "meters simulate",
        [at("day"), "--slots", "4", "--from-slot", String(first)],
        grid,
      );
      expect(day.first).to.equal(first);
      const { ledger } = contractsOf("grid.json");
      const genesis = Number(await ledger.genesis());
      const own = await Promise.all(
        day.files.map(async ({ operator, path }) => {
          const rows = readFileSync(path, "utf8")
            .trim()
            .split("\n")
            .slice(1)
            .map((row) => row.split(","));
          for (const [time, meter, value] of rows) {
            const slot = (Date.parse(time!) / 1000 - genesis) / GRID_CLOCK.slotSeconds;
            const lie = slot === first && meter === LIAR ? LIE_KW : 0;
            if (meter === LIAR) liarOwner = operator;
            values.set(
              slot,
              (values.get(slot) ?? new Map<string, number>()).set(meter!, Math.round(Number(value) + lie)),
            );
          }
          return { operator, meters: [...new Set(rows.map((row) => row[1]!))] };
        }),
      );
      expect([...values.keys()].toSorted((a, b) => a - b)).to.deep.equal([
        first,
        first + 1,
        first + 2,
        first + 3,
      ]);
      await untilTime(genesis + first + 4);
      for (const pair of [own.slice(0, 2), own.slice(2)]) {
        await Promise.all(
          pair.map(async ({ operator, meters }) => {
            const file = at(`${operator}.csv`);
            const rows = meters.map((meter) => `${meter},${values.get(first)!.get(meter)}`);
            writeFileSync(file, `meter,value\n${rows.join("\n")}\n`);
            const up = await tasks.json<{ missing: number }>(
              "slot upload",
              [String(first), file],
              as(operator),
              grid,
            );
            expect(up.missing).to.equal(0);
          }),
        );
      }
      // The slots after it, all honest: what their batches are does not matter here.
      const listed = await tasks.json<{ meters: { id: string; owner: string }[] }>("meters list", grid);
      const sent: ContractTransactionResponse[] = [];
      for (const [seat, operator] of OPERATORS.entries()) {
        const meters = listed.meters.filter(({ owner }) => owner === operator);
        for (const slot of [first + 1, first + 2, first + 3]) {
          const counts = Int32Array.from(meters, ({ id }) => values.get(slot)!.get(id)!);
          sent.push(await ledger.connect(wallets[seat]).upload(slot, packBatch(counts)));
        }
      }
      for (const one of sent) await one.wait();
      await onAllNodes(net);
    });

    it("proves that an operator uploaded another value than its meter signed, once", async () => {
      const { ledger, addresses, fromBlock } = contractsOf("grid.json");
      const key = Wallet.createRandom();
      const owner = "Operator 2";
      const file = at(`${owner}.csv`);
      const meter = readFileSync(file, "utf8").split("\n")[1]!.split(",")[0]!;
      const slot = Number(await ledger.slotAt(await chainTime())) + 30;
      const set = await tasks.json<{ place: number }>(
        "meters key",
        [meter, key.address, "--from-slot", String(slot)],
        as(owner),
        grid,
      );
      const genesis = Number(await ledger.genesis());
      const uploaded = values.get(first)!.get(meter)!;
      const domain = { chainId: BigInt(network.chainId), meterKeys: addresses.meterKeys! };
      const sign = (value: bigint): string =>
        signReading(key.privateKey, domain, { slot, place: set.place, value });
      const watts = BigInt(uploaded + 5) * 1000n;
      const time = new Date(1000 * (genesis + slot)).toISOString();
      const signed = (name: string, value: bigint, signature: string): string => {
        writeFileSync(
          at(name),
          `time,meter,value,unit,signature\n${time},${meter},${value},W,${signature}\n`,
        );
        return at(name);
      };
      const honest = signed("signed.csv", watts, sign(watts));
      const forged = signed("forged.csv", watts + 1000n, sign(watts));
      await untilTime(genesis + slot);
      await tasks.json("slot upload", [String(slot), file], as(owner), grid);

      const audit = await tasks.json<{ counts: Record<string, number>; rows: { owner: string }[] }>(
        "meters audit",
        [String(slot), honest],
        grid,
      );
      expect(audit.counts).to.deep.equal({ differs: 1 });
      expect(audit.rows[0]!.owner).to.equal(owner);
      const dispute = async (of: string) =>
        await tasks.json<{
          disputes: { meter: string; kind: string; transaction: string | null; refused: string | null }[];
        }>("meters dispute", [String(slot), of], as("Operator 4"), grid);
      const nothing = await tasks.run("meters dispute", [String(slot), forged], as("Operator 4"), grid);
      expect([nothing.status, nothing.stdout]).to.deep.equal([
        0,
        "nothing to dispute: agrees: 0, and nothing is proved by badSignature: 1; meters audit says why\n",
      ]);
      const [done] = (await dispute(honest)).disputes;
      expect(done).to.include({ meter, kind: "dispute", refused: null });
      const meterKeys = MeterKeys__factory.connect(addresses.meterKeys!, provider);
      const recorded = await meterKeys.queryFilter(meterKeys.filters.ReadingDisputed(slot), fromBlock);
      expect(recorded.map(({ args, transactionHash }) => [args.signedValue, transactionHash])).to.deep.equal([
        [watts, done!.transaction],
      ]);
      const [again] = (await dispute(honest)).disputes;
      expect(again!.refused).to.include("MeterKeysOnRecord");
    });
  });

  describe("what was voted for", () => {
    it("holds once it is executed, by one who waited for it", async () => {
      const { status, stdout, stderr } = await execution;
      expect(status, stderr).to.equal(0);
      await onAllNodes(net);
      expect(stderr).to.match(/^waiting until \S+Z, when its delay is over\n$/u);
      expect((JSON.parse(stdout) as Proposal).state).to.equal("executed");
      const { rules, proposals } = await tasks.json<{
        rules: Record<string, unknown>;
        proposals: Proposal[];
      }>("govern list", votes);
      expect(rules).to.include({ vetoSeconds: 30, confirmationDepth: 2 });
      expect(proposals.map(({ state }) => state)).to.deep.equal(["executed"]);
      const { members } = await tasks.json<Credits>("members list", votes);
      expect(members.map(({ name, credits }) => [name, credits])).to.deep.equal([
        ["Operator 1", "1000000000000"],
        ["Operator 2", "999999995000"],
        ["Operator 3", "1000000000000"],
        ["Operator 4", "1000000000000"],
        ["Solar", "5000"],
      ]);
    });

    it("the newcomer announces that it leaves, and must wait for the next ledger", async () => {
      const announced = await tasks.json<{ left: boolean }>("members leave", newcomerKey, votes);
      expect(announced.left).to.equal(false);
      expect(await tasks.refusal("members leave", newcomerKey, votes)).to.include(
        `ConsortiumLedgerChanging(next = ${nextLedger})`,
      );
    });

    it("the next ledger takes over, and nothing is lost by that", async () => {
      const old = at("before.json");
      writeFileSync(old, readFileSync(at("votes.json")));
      expect(await tasks.refusal("contracts verify", [old], votes)).to.include(
        "the migration does not hold: the old ledger may move credits",
      );
      const switched = await tasks.json<{ to: string }>("contracts switch", as("Operator 3"), votes);
      expect(switched.to).to.equal(nextLedger);
      expect(readDeployment(at("votes.json")).contracts.ledger).to.equal(nextLedger);
      const verified = await tasks.json<{ nothingLost: boolean }>("contracts verify", [old], votes);
      expect(verified.nothingLost).to.equal(true);
    });

    it("the newcomer leaves, with its credits", async () => {
      const left = await tasks.json<object>("members leave", newcomerKey, votes);
      expect(left).to.include({ left: true, credits: "5000" });
      expect(await tasks.refusal("members leave", newcomerKey, votes)).to.include("is not a member");
    });
  });

  describe("slots that are over", () => {
    it("are settled: the one with the lie by itself", async () => {
      const { ledger } = contractsOf("grid.json");
      await untilTime(Number(await ledger.genesis()) + first + 4 + GRID_CLOCK.cutOffSlots + 1);
      const earlier = await creditsOf();
      const settled = await tasks.json<{
        slot: number;
        alarm: boolean;
        suspect: { meter: string };
        moved: { moved: string }[];
      }>("slot settle", as("Operator 1"), grid);
      expect([settled.slot, settled.alarm, settled.suspect.meter]).to.deep.equal([first, true, LIAR]);
      const afterwards = await creditsOf();
      expect(afterwards.total).to.equal(earlier.total);
      const moved = afterwards.members.map(
        ({ credits }, i) => BigInt(credits) - BigInt(earlier.members[i]!.credits),
      );
      expect(moved).to.deep.equal(settled.moved.map((one) => BigInt(one.moved)));
      expect(moved.some((credits) => credits !== 0n)).to.equal(true);
    });

    // At once: claims are taken for 64 slots, here as many seconds, after the settlement.
    it("have their suspect named on the chain", async () => {
      const named = await tasks.json<{ action: string; claim: Record<string, unknown> }>(
        "slot suspect",
        [String(first)],
        as("Operator 3"),
        grid,
      );
      expect(named.action).to.equal("named");
      expect(named.claim).to.include({
        name: LIAR,
        owner: liarOwner,
        claimantName: "Operator 3",
        concluded: false,
      });
    });

    it("are settled together, the others, and have no suspect", async () => {
      const [from, to] = [String(first + 1), String(first + 3)];
      const checked = await tasks.json<{ wrong: number[]; slots: { alarm?: boolean; sound: boolean }[] }>(
        "slot check",
        [from, to],
        grid,
      );
      expect(checked.slots.map(({ sound }) => sound)).to.deep.equal([true, true, true]);
      const caught = await tasks.json<{ transactions: number; slots: { slot: number; together: number }[] }>(
        "slot catch-up",
        ["--until", to],
        as("Operator 2"),
        grid,
      );
      expect(caught.transactions).to.equal(1);
      expect(caught.slots.map(({ slot, together }) => [slot, together])).to.deep.equal(
        [1, 2, 3].map((i) => [first + i, 3]),
      );
      const listed = await tasks.json<{ slots: { closed: string; alarm: boolean }[] }>(
        "slot list",
        [String(first), to],
        grid,
      );
      expect(listed.slots.map(({ closed, alarm }) => [closed, alarm])).to.deep.equal([
        ["settled", true],
        ["together", false],
        ["together", false],
        ["together", false],
      ]);
      const out = at("export.json");
      const exported = await tasks.run(
        "slot export",
        [String(first), "--format", "json", "--out", out],
        grid,
      );
      expect(exported.status, exported.stderr).to.equal(0);
      const { meters } = JSON.parse(readFileSync(out, "utf8")) as {
        meters: { meter: string; measured: number }[];
      };
      const liar = meters.find(({ meter }) => meter === LIAR)!;
      expect(liar.measured).to.equal(values.get(first)!.get(LIAR));
      expect(await tasks.refusal("slot suspect", [String(first + 1)], as("Operator 3"), grid)).to.include(
        "there is no suspect",
      );
    });
  });

  describe("finality and worker", () => {
    const configurations: string[] = [];
    const urls: string[] = [];

    it("no worker is configured to serve or to ask where nothing can be", async () => {
      const peer = "http://127.0.0.1:9102";
      for (const [options, reason] of [
        [["--peers", peer], "--peers: the others ask this worker too"],
        [["--serve", "9101"], "--serve 9101: not HOST:PORT"],
        [["--serve", "127.0.0.1:65536"], "http.port"],
        [["--serve", "127.0.0.1:9101", "--peers", `${peer},9103`], "finality.peers.1"],
      ] as const) {
        const refused = at("refused");
        expect(await tasks.refusal("worker configure", [refused, ...options], votes)).to.include(reason);
        expect(existsSync(refused)).to.equal(false);
      }
    });

    it("three members' workers sign blocks with the keys that were registered", async () => {
      const ports = await freePorts(3);
      urls.push(...[0, 1, 2].map((i) => `http://127.0.0.1:${ports + i}`));
      await Promise.all(
        OPERATORS.slice(0, 3).map(async (operator) => await tasks.json("finality key", as(operator), votes)),
      );
      for (const i of [0, 1, 2]) {
        const made = at(`worker-${i + 1}`);
        const peers = urls.filter((_, other) => other !== i).join();
        const where = ["--serve", `127.0.0.1:${ports + i}`, "--peers", peers];
        const { file } = await tasks.json<{ file: string }>(
          "worker configure",
          [made, "--operator", String(i + 1), ...where],
          votes,
        );
        configurations.push(file);
      }
      for (const path of configurations) void tasks.run("worker run", [path]);
      for (const url of urls) {
        await eventually(`a final block at ${url}`, async () => {
          const answer = await fetch(`${url}/finality/final`).catch(() => undefined);
          return answer?.ok === true && (await answer.text()).includes("hash");
        });
      }
    });

    it("a final block is recorded on the chain, and another epoch proposed from there", async () => {
      const recorded = await tasks.json<{ number: number; hash: string; signedBy: string[] }>(
        "finality record",
        [urls[1]!],
        as("Operator 4"),
        votes,
      );
      expect(recorded.hash).to.equal((await provider.getBlock(recorded.number))!.hash);
      expect(recorded.signedBy).to.have.members(OPERATORS.slice(0, 3));
      const shown = await tasks.json<{
        recorded: { number: number };
        worker: { holds: boolean; onThisChain: boolean };
      }>("finality show", ["--worker", urls[2]!], votes);
      expect(shown.recorded.number).to.equal(recorded.number);
      expect(shown.worker).to.include({ holds: true, onThisChain: true });
      expect(
        await tasks.refusal("finality epoch", [String(recorded.number - 1)], as("Operator 1"), votes),
      ).to.include(`block ${recorded.number} is recorded as final`);
      const proposed = await tasks.json<{ id: string; epoch: number; hash: string }>(
        "finality epoch",
        [String(recorded.number)],
        as("Operator 1"),
        votes,
      );
      expect(proposed).to.deep.include({ id: "2", epoch: 1, hash: recorded.hash });
    });

    it("a worker's state is shown and its history copied while it runs", async () => {
      const status = await tasks.json<{ identity: { operator: string; chainId: number }; problems: object }>(
        "worker status",
        [configurations[0]!],
      );
      expect(status.identity.operator).to.equal(wallets[0]!.address.toLowerCase());
      expect(status.problems).to.deep.equal({});
      await tasks.json("worker backup", [configurations[0]!, "--out", at("backup.sqlite")]);
      expect(existsSync(at("backup.sqlite"))).to.equal(true);
    });
  });

  describe("once no more suspects are named", () => {
    it("the claim that stands is concluded, once", async () => {
      const shown = await tasks.json<{ until: number }>("slot suspect", [String(first), "--show"], grid);
      await untilTime(shown.until);
      const concluded = await tasks.json<{ action: string; claim: { concluded: boolean; name: string } }>(
        "slot suspect",
        [String(first)],
        as("Operator 4"),
        grid,
      );
      expect([concluded.action, concluded.claim.concluded, concluded.claim.name]).to.deep.equal([
        "concluded",
        true,
        LIAR,
      ]);
    });
  });
});
