import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import type { Engine } from "../../../workers/devnet/engines/types.js";
import { DevnetError } from "../../../workers/devnet/errors.js";
import { layout } from "../../../workers/devnet/layout.js";
import { servesChain } from "../../../workers/devnet/servesChain.js";
import { startNetwork, startValidator } from "../../../workers/devnet/startNetwork.js";
import type { Network } from "../../../workers/devnet/types.js";
import { freePorts } from "../../support/freePorts.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const GENESIS = `0x${"ab".repeat(32)}`;
const host = "127.0.0.1";

describe("a port of a network", () => {
  const open: Server[] = [];
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });
  const listening = async (server: Server, port = 0): Promise<number> => {
    open.push(server);
    server.listen(port, host);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };

  it("that another program has is named before anything starts", async () => {
    const folder = join(temporaryFolder(), "net");
    const first = await freePorts(6);
    const network = {
      engine: "clique",
      validators: [1, 2].map((number) => {
        const rpcPort = first + 3 * (number - 1);
        return { number, host, rpcPort, p2pPort: rpcPort + 1, authPort: rpcPort + 2 };
      }),
    } as unknown as Network;
    // Those are on this machine whose keys are.
    for (const { number } of network.validators) {
      const { nodeKey } = layout(folder).validator(number);
      mkdirSync(dirname(nodeKey), { recursive: true });
      writeFileSync(nodeKey, "");
    }
    // Whatever it is asked for ends the test: nothing may be started.
    const engine = {} as Engine;
    for (const [i, use] of ["JSON-RPC", "its peers", "geth's engine API"].entries()) {
      const server = createServer();
      await listening(server, first + 3 + i);
      for (const start of [
        () => startNetwork(folder, network, engine, () => undefined),
        () => startValidator(folder, network, 2, engine, () => undefined),
      ]) {
        const error: unknown = await start().catch((caught: unknown) => caught);
        expect(error).to.be.instanceOf(DevnetError);
        expect((error as Error).message).to.include(
          `port ${first + 3 + i}, validator 2's for ${use}, is taken`,
        );
      }
      server.close();
      await once(server, "close");
    }
  });

  it("serves the network's own chain, or is another program's", async () => {
    const server = createHttpServer((request, response) => {
      request.setEncoding("utf8").on("data", (text: string) => {
        const { method } = JSON.parse(text) as { method: string };
        const result = method === "eth_chainId" ? "0x7" : { hash: GENESIS };
        response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result }));
      });
    });
    const port = await listening(server);
    expect(await servesChain({ host, port }, 7, GENESIS)).to.equal(true);
    for (const [chainId, genesis] of [
      [8, GENESIS],
      [7, `0x${"cd".repeat(32)}`],
    ] as const) {
      const error: unknown = await servesChain({ host, port }, chainId, genesis).catch(
        (caught: unknown) => caught,
      );
      expect(error).to.be.instanceOf(DevnetError);
      expect((error as Error).message).to.include(`port ${port} serves another chain: number 7`);
    }
    expect(await servesChain({ host, port: await freePorts(1) }, 7, GENESIS)).to.equal(false);
  });
});
