import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Hono } from "hono";
import { network } from "hardhat";
import { after, before, describe, it } from "mocha";
import { encryptKeystoreJson, Wallet } from "ethers";
import type { Deployment } from "../../workers/chain/deploymentFile.js";
import {
  type FinalityDomain,
  signAttestation,
  type SignedAttestation,
} from "../../workers/finality/attestation.js";
import { attestationRoutes } from "../../workers/finality/attestationRoutes.js";
import type { Evidence, FinalBlock } from "../../workers/finality/journal.js";
import { type HttpServer, serveHttp } from "../../workers/http/serveHttp.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

const NAMES = ["North", "East", "South", "West"];
/** Those that are still there in the end. */
const VOTERS = ["North", "South", "West"];
const PASSWORD = "a signer's password";
const voting = { supermajority: "2/3", votingSeconds: 3_600, delaySeconds: 60, executionSeconds: 7_200 };

interface Shown {
  readonly epoch: number;
  readonly quorum: number;
  readonly recorded: { readonly number: number; readonly hash: string } | null;
  readonly seats: readonly {
    readonly member: string;
    readonly signer: string | null;
    readonly next: { readonly signer: string; readonly fromHeight: number } | null;
  }[];
  readonly faults: readonly { readonly id: number; readonly member: string }[];
  readonly worker: { readonly signedBy: string[]; readonly holds: boolean; readonly evidence: number } | null;
}

const mine = async (blocks: number): Promise<void> => {
  const { networkHelpers } = await network.getOrCreate();
  await networkHelpers.mine(blocks);
};
const block = async (number: number) => {
  const { ethers } = await network.getOrCreate();
  return { number, hash: (await ethers.provider.getBlock(number))!.hash! };
};
const latest = async (): Promise<number> => (await network.getOrCreate()).ethers.provider.getBlockNumber();

describe("the command line, on finality", () => {
  const folder = temporaryFolder();
  const deployment = join(folder, "here.json");
  const keys = NAMES.map((_, seat) => new Wallet(`0x${(seat + 71).toString(16).repeat(32)}`));
  let domain: FinalityDomain;
  let server: HttpServer;
  let final: FinalBlock | undefined;
  let evidence: Evidence[] = [];

  const show = async (args: Record<string, unknown> = {}) =>
    await jsonOf<Shown>("finality show", { deployment, ...args });
  const sign = (seat: number, at: { number: number; hash: string }, epoch = 0): SignedAttestation => {
    const attestation = { epoch, ...at };
    return { ...attestation, seat, signature: signAttestation(keys[seat]!.privateKey, domain, attestation) };
  };
  const carry = async (id: number): Promise<void> => {
    for (const as of VOTERS) await jsonOf("govern vote", { deployment, id, as });
    const { networkHelpers } = await network.getOrCreate();
    await networkHelpers.time.increase(90);
    await jsonOf("govern execute", { deployment, id, as: "North" });
  };

  before(async () => {
    const { ethers } = await network.getOrCreate();
    const accounts = (await ethers.getSigners()).map(({ address }) => address);
    const founders = NAMES.map((name, i) => ({ name, account: accounts[i + 1]! }));
    const file = join(folder, "founders.json");
    writeFileSync(file, JSON.stringify({ founders, vetoSeconds: 60, voting }));
    await jsonOf("deploy", { founders: file, deployment });
    const { chainId, contracts } = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
    domain = { chainId: BigInt(chainId), overlay: contracts.finality! };
    const desk = { since: () => [], take: () => 0, final: () => final, evidence: () => evidence };
    server = await serveHttp(new Hono().route("/", attestationRoutes(desk)), { host: "127.0.0.1", port: 0 });
  });
  after(async () => await server.close());

  it("registers keys, of a keystore or the member's own", async () => {
    for (const [seat, as] of NAMES.entries()) {
      const keystore = join(folder, `${as}.json`);
      const passwordFile = join(folder, `${as}.password`);
      const cheap = { scrypt: { N: 1_024 } };
      writeFileSync(keystore, await encryptKeystoreJson(keys[seat]!, PASSWORD, cheap), { mode: 0o600 });
      writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
      const made = await jsonOf<{ signer: string }>("finality key", {
        deployment,
        as,
        signerKeystore: keystore,
        signerPasswordFile: passwordFile,
        fromHeight: (await latest()) + 3,
      });
      expect(made.signer).to.equal(keys[seat]!.address);
    }
    await mine(8);
    // What signs now has its 40 heights first.
    const own = await jsonOf<{ signer: string; fromHeight: number }>("finality key", {
      deployment,
      as: "West",
    });
    const { ethers } = await network.getOrCreate();
    expect(own.signer).to.equal((await ethers.getSigners())[4]!.address);
    const { seats, quorum, epoch } = await show();
    expect(seats[3]!.next).to.include({ signer: own.signer, fromHeight: own.fromHeight });
    expect(own.fromHeight).to.be.greaterThan((await latest()) + 20);
    expect(seats.map(({ signer }) => signer)).to.deep.equal(keys.map(({ address }) => address));
    expect([quorum, epoch]).to.deep.equal([3, 0]);
  });

  it("shows what a worker knows to be final, and records it", async () => {
    const url = server.url;
    expect((await show({ worker: url })).worker).to.include({ holds: false, evidence: 0 });
    const at = await block((await latest()) - 1);
    final = { epoch: 0, ...at, attestations: [0, 2].map((seat) => sign(seat, at)) };
    expect((await show({ worker: url })).worker).to.deep.include({
      holds: false,
      signedBy: ["North", "South"],
    });
    const few = await runTask("finality record", { deployment, as: "North", worker: url });
    expect(few.error).to.include("has 2 signatures that count, 3 make it final");
    // The same one twice, or one that is not that seat's, does not count.
    final = { ...final, attestations: [...final.attestations, sign(0, at), { ...sign(1, at), seat: 3 }] };
    expect((await show({ worker: url })).worker!.holds).to.equal(false);
    final = { ...final, attestations: [...final.attestations, sign(3, at)] };
    expect((await show({ worker: url })).worker!.holds).to.equal(true);
    await jsonOf("finality record", { deployment, as: "North", worker: url });
    expect((await show()).recorded).to.deep.equal(at);
  });

  it("proves a fault from a file, and has the seat expelled on that ground", async () => {
    const at = await block((await latest()) - 2);
    const other = { ...at, hash: `0x${"cd".repeat(32)}` };
    evidence = [{ seat: 1, first: sign(1, at), second: sign(1, other), headers: [] }];
    const file = join(folder, "evidence.json");
    const unproved = await runTask("govern propose", { deployment, as: "North", fault: 1 });
    expect(unproved.error).to.include("FinalityOverlayNoFault");
    await show({ worker: server.url, evidence: file });
    const proved = await jsonOf<{ faults: { fault: number; state: string }[] }>("finality prove", {
      deployment,
      as: "North",
      file,
    });
    expect(proved.faults.map(({ fault, state }) => [fault, state])).to.deep.equal([[1, "proved"]]);
    const again = await jsonOf<{ faults: { fault: number; state: string }[] }>("finality prove", {
      deployment,
      as: "South",
      file,
    });
    expect(again.faults.map(({ fault, state }) => [fault, state])).to.deep.equal([[1, "on record already"]]);
    const { id, calls } = await jsonOf<{ id: string; calls: { words: string }[] }>("govern propose", {
      deployment,
      as: "North",
      fault: 1,
      reason: "signed two blocks",
    });
    expect(calls.map(({ words }) => words.split(" (")[0])).to.deep.equal([
      "finality.checkFault(id = 1, account = East",
      "consortium.expelByVote(account = East",
    ]);
    await carry(Number(id));
    const { seats, faults } = await show();
    expect(seats.map(({ member }) => member)).to.deep.equal(["North", "South", "West"]);
    expect(faults).to.have.length(1);
    expect(faults[0]).to.include({ id: 1, member: "East" });
  });

  it("proposes another epoch from a block", async () => {
    const from = (await latest()) - 1;
    const below = await runTask("finality epoch", { deployment, as: "North", height: 3 });
    expect(below.error).to.include("is recorded as final");
    const none = await runTask("finality epoch", { deployment, as: "North", height: from + 1_000 });
    expect(none.error).to.include("this node has no block");
    const { id } = await jsonOf<{ id: string }>("finality epoch", { deployment, as: "North", height: from });
    await carry(Number(id));
    expect((await show()).epoch).to.equal(1);
  });

  it("says what is wrong in one line", async () => {
    const file = join(folder, "wrong.json");
    for (const [text, words] of [
      ["{", "JSON"],
      ["{}", "no evidence"],
      ['{"evidence":[]}', "the list of evidence is empty"],
    ] as const) {
      writeFileSync(file, text);
      expect((await runTask("finality prove", { deployment, as: "North", file })).error).to.include(words);
    }
    const dead = await runTask("finality show", { deployment, worker: "http://127.0.0.1:9" });
    expect(dead.error).to.include("http://127.0.0.1:9");
    const alone = await runTask("finality show", { deployment, evidence: file });
    expect(alone.error).to.include("name it with --worker");
    const old = await runTask("finality key", { deployment, as: "North", fromHeight: 1 });
    expect(old.error).to.include("FinalityOverlayBadStart");
  });
});
