import { mkdirSync, rmSync, unwatchFile, watchFile, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { pino } from "pino";
import { createNetwork } from "../../../../workers/devnet/createNetwork.js";
import { healthPortOf } from "../../../../workers/devnet/healthPort.js";
import { runKeeper } from "../../../../workers/devnet/keeper/runKeeper.js";
import { layout } from "../../../../workers/devnet/layout.js";
import type { Network } from "../../../../workers/devnet/types.js";
import { writeNetwork } from "../../../../workers/devnet/writeNetwork.js";
import { eventually } from "../../../support/eventually.js";
import { freePorts } from "../../../support/freePorts.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

/** What a port answers to a GET; undefined if it is closed. */
const status = async (port: number): Promise<number | undefined> =>
  await fetch(`http://127.0.0.1:${port}/health`).then(
    (response) => response.status,
    () => undefined,
  );

describe("the keeper of a network", () => {
  const folder = join(temporaryFolder(), "net");
  const said: Record<string, unknown>[] = [];
  const logger = pino(
    { base: null },
    { write: (line) => void said.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const stop = new AbortController();
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const unread = () => said.filter(({ msg }) => msg === "network not read");
  const refused = () => said.filter(({ msg }) => String(msg).includes("is not served"));
  let network: Network;
  let keeper: Promise<void>;

  /** Listens at a port or at a path. */
  async function listen(at: number | string, answer: (text: string) => string = () => ""): Promise<Server> {
    const server = createServer((peer) => {
      sockets.add(peer);
      peer.on("error", () => undefined);
      peer.on("data", (data) => {
        for (const line of data.toString().split("\n").filter(Boolean)) peer.write(answer(line));
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => {
      if (typeof at === "number") server.listen(at, "127.0.0.1", resolve);
      else server.listen(at, resolve);
    });
    return server;
  }

  before(async () => {
    network = await createNetwork(folder, {
      tier: "wan",
      engine: "clique",
      validators: 1,
      chainId: 20_295,
      blockPeriodSeconds: 1,
      gasLimit: 60_000_000,
      basePort: await freePorts(100),
    });
  });
  after(async () => {
    stop.abort();
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
    await keeper;
    rmSync(layout(folder).sockets, { recursive: true, force: true });
  });

  it("waits for ports that another program has, and says so once", async () => {
    const [validator] = network.validators;
    const taken = await Promise.all([listen(validator!.rpcPort), listen(healthPortOf(network))]);
    // A node that answers nothing sensible, so that the looks fail too, and the ports must not mind.
    const { socket } = layout(folder).validator(1);
    mkdirSync(dirname(socket), { recursive: true });
    await listen(
      socket,
      (line) => `{"jsonrpc":"2.0","id":${(JSON.parse(line) as { id: number }).id},"result":{}}\n`,
    );
    keeper = runKeeper(folder, logger, stop.signal);
    await eventually("it says what it cannot serve", () => refused().length === 2);
    expect(refused().map(({ port }) => port)).to.have.members([validator!.rpcPort, healthPortOf(network)]);
    for (const server of taken) server.close();
    await eventually("health is served", async () => (await status(healthPortOf(network))) === 503);
    // The gate takes calls alone.
    await eventually("the gate is open", async () => (await status(validator!.rpcPort)) === 405);
    expect(refused()).to.have.length(2);
  });

  it("closes the gate of a validator that left", async () => {
    const [validator] = network.validators;
    const moved = { ...validator!, number: 2, name: "validator-2" };
    writeNetwork(folder, { ...network, validators: [moved] });
    await eventually("the gate is closed", async () => (await status(validator!.rpcPort)) === undefined);
  });

  it("says once that the network cannot be read, and follows it again", async () => {
    const file = layout(folder).network;
    writeFileSync(file, "{");
    await eventually("it says so", () => unread().length > 0);
    const [validator] = network.validators;
    // Another change that reads the same. The keeper is told of it first.
    await new Promise<void>((resolve) => {
      const seen = (): void => {
        unwatchFile(file, seen);
        resolve();
      };
      watchFile(file, { interval: 200 }, seen);
      writeFileSync(file, "{ ");
    });
    writeNetwork(folder, network);
    await eventually("the gate is open", async () => (await status(validator!.rpcPort)) === 405);
    expect(unread()).to.have.length(1);
  });

  it("ends when it is told to", async () => {
    stop.abort();
    await keeper;
    expect(await status(healthPortOf(network))).to.equal(undefined);
  });
});
