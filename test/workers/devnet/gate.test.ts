import { request as httpRequest } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { answerBatch } from "../../../workers/devnet/gate/answerBatch.js";
import { isOwnClient } from "../../../workers/devnet/gate/isOwnClient.js";
import { runGate } from "../../../workers/devnet/gate/gate.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";
import { freePorts } from "../../support/freePorts.js";
import { eventually } from "../../support/eventually.js";

interface Answer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

describe("the gate in front of a node", () => {
  const socket = join(temporaryFolder(), "node.ipc");
  let port: number;
  const stop = new AbortController();
  const asked: string[] = [];
  const peers: Socket[] = [];
  let node: Server;
  let gate: Promise<void>;

  /** A stand-in that echoes each call, the last of several first. */
  async function startNode(): Promise<void> {
    node = createServer((peer) => {
      peers.push(peer);
      let rest = "";
      peer.on("data", (chunk) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop()!;
        for (const line of lines.reverse()) {
          const { id, method, params } = JSON.parse(line) as { id: number; method: string; params: unknown };
          asked.push(method);
          peer.write(`${JSON.stringify({ jsonrpc: "2.0", id, result: { method, params } })}\n`);
        }
      });
      peer.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => node.listen(socket, resolve));
  }
  const post = async (body: string): Promise<Response> =>
    await fetch(`http://127.0.0.1:${port}`, { method: "POST", body });
  const call = async (body: unknown): Promise<Answer & Answer[]> =>
    (await (await post(JSON.stringify(body))).json()) as Answer & Answer[];
  const answers = async (): Promise<boolean> =>
    await post("{}").then(
      () => true,
      () => false,
    );

  before(async () => {
    port = await freePorts(1);
    await startNode();
    gate = runGate({ host: "127.0.0.1", port, socket }, stop.signal);
    await eventually("the gate opens", answers);
  });
  after(async () => {
    stop.abort();
    await gate;
    node.close();
  });

  it("passes calls on and gives each its own answer and id, in batches too", async () => {
    expect(await call({ jsonrpc: "2.0", id: "a", method: "eth_call", params: [1] })).to.deep.equal({
      jsonrpc: "2.0",
      id: "a",
      result: { method: "eth_call", params: [1] },
    });
    const batch = ["eth_blockNumber", "net_version", "txpool_status", "web3_clientVersion"];
    const got = await call(batch.map((method, id) => ({ jsonrpc: "2.0", id, method, params: [] })));
    expect(got.map(({ id }) => id)).to.deep.equal([0, 1, 2, 3]);
    expect(got.map(({ result }) => (result as { method: string }).method)).to.deep.equal(batch);
  });

  it("lets nothing through that uses the node's keys, manages it or looks into it", async () => {
    asked.length = 0;
    for (const method of [
      "eth_sendTransaction",
      "eth_sign",
      "eth_signTransaction",
      "eth_fillTransaction",
      "personal_unlockAccount",
      "admin_addPeer",
      "miner_stop",
      "debug_setHead",
      "clique_propose",
      "eth_subscribe",
      "eth_unsubscribe",
      "net_subscribe",
      7,
    ]) {
      const { error } = await call({ jsonrpc: "2.0", id: 1, method, params: [] });
      expect(error?.code, String(method)).to.equal(-32_601);
    }
    expect((await call({ jsonrpc: "2.0", id: 1, method: "eth_accounts" })).result).to.deep.equal([]);
    expect(asked).to.deep.equal([]);
  });

  it("answers rubbish by name", async () => {
    expect(await (await post("{")).json()).to.deep.include({ id: null });
    expect((await call(null)).error?.code).to.equal(-32_600);
    expect((await call(3)).error?.code).to.equal(-32_600);
    expect((await fetch(`http://127.0.0.1:${port}`)).status).to.equal(405);
    expect((await post("x".repeat(9 * 2 ** 20))).status).to.equal(413);
  });

  it("takes a thousand calls in a batch and no more", async () => {
    const batch = Array.from({ length: 1_001 }, (_, id) => ({ id, method: "eth_getBlockByNumber" }));
    const got = await call(batch.slice(1));
    expect(got.map(({ id }) => id)).to.deep.equal(batch.slice(1).map(({ id }) => id));
    asked.length = 0;
    expect((await call(batch)).error).to.include({ code: -32_600 });
    expect(asked).to.deep.equal([]);
  });

  it("ends a batch whose answers grow too long", async () => {
    let passed = 0;
    const calls = Array.from({ length: 1_000 }, (_, i) => i);
    const text = await answerBatch(
      calls,
      250,
      async (one) => {
        passed++;
        await Promise.resolve();
        return `"${String(one).padStart(8, "0")}"`;
      },
      (one) => String(-one),
    );
    const got = JSON.parse(text) as unknown[];
    expect(got).to.deep.equal(calls.map((one) => (one < 25 ? String(one).padStart(8, "0") : 0 - one)));
    expect(passed).to.be.lessThan(200);
  });

  it("refuses what a page in a browser sends", async () => {
    const statusOf = async (headers: Record<string, string>): Promise<number | undefined> =>
      await new Promise((resolve, reject) => {
        const sent = httpRequest({ host: "127.0.0.1", port, method: "POST", headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on("error", reject);
        sent.end(JSON.stringify({ id: 1, method: "eth_call", params: [] }));
      });
    asked.length = 0;
    expect(await statusOf({ host: `evil.example:${port}` })).to.equal(403);
    expect(await statusOf({ origin: "https://evil.example" })).to.equal(403);
    expect(await statusOf({ origin: "null", host: "localhost" })).to.equal(403);
    expect(asked).to.deep.equal([]);
    expect(await statusOf({ host: `localhost:${port}` })).to.equal(200);
  });

  it("takes an IP address or localhost for its own name", () => {
    for (const host of ["127.0.0.1", "127.0.0.1:8600", "[::1]:8600", "[::1]", "localhost", "LOCALHOST:1"])
      expect(isOwnClient({ host }), host).to.equal(true);
    for (const host of [
      "",
      "evil.example",
      "127.0.0.1.evil.example:8600",
      "localhost.evil.example",
      "[evil]",
    ])
      expect(isOwnClient({ host }), host).to.equal(false);
  });

  it("outlives what is nested too deep, alone and in a batch", async () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const bodies = [
      `{"id":1,"method":"eth_call","params":${deep}}`,
      `{"id":${deep},"method":"eth_call"}`,
      `{"id":1,"method":${deep}}`,
      deep,
    ];
    asked.length = 0;
    for (const body of bodies.flatMap((one) => [one, `[${one}]`])) {
      const { id, error } = (await (await post(body)).json()) as Answer;
      expect({ id, code: error?.code }).to.deep.equal({ id: null, code: -32_600 });
    }
    expect(asked).to.deep.equal([]);
    const params = [[[[{ topics: [[["0x01"]]] }]]]];
    expect((await call({ id: 1, method: "eth_call", params })).result).to.deep.equal({
      method: "eth_call",
      params,
    });
  });

  it("outlives a method and an id that are no text", async () => {
    expect((await call({ id: 1, method: { toString: 1, valueOf: 1 } })).error?.code).to.equal(-32_601);
    expect((await call({ id: { toString: 1 }, method: "eth_call" })).error?.code).to.equal(-32_600);
  });

  it("closes the port while the node is away, and opens it again", async () => {
    node.close();
    for (const peer of peers) peer.destroy();
    await eventually("the gate closes", async () => !(await answers()));
    await startNode();
    await eventually("the gate opens", answers);
  });
});
