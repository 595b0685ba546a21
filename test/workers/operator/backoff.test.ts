import { createServer } from "node:net";
import { once } from "node:events";
import { expect } from "chai";
import { FetchRequest, JsonRpcProvider, Network } from "ethers";
import { describe, it } from "mocha";
import { Backoff } from "../../../workers/operator/backoff.js";
import { isNodeDown } from "../../../workers/chain/isNodeDown.js";

describe("Backoff", () => {
  it("doubles up to its bound, and begins again after a success", () => {
    const backoff = new Backoff(100, 1000);
    expect(Array.from({ length: 6 }, () => backoff.failed())).to.deep.equal([100, 200, 400, 800, 1000, 1000]);
    for (let i = 0; i < 2000; i++) backoff.failed();
    expect(backoff.failed()).to.equal(1000);
    backoff.succeeded();
    expect(backoff.failures).to.equal(0);
    expect(backoff.failed()).to.equal(100);
  });
});

describe("isNodeDown", () => {
  it("knows a refused connection and a server that hangs up, as ethers reports them", async () => {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const provider = new JsonRpcProvider(new FetchRequest(`http://127.0.0.1:${port}`), Network.from(1), {
      staticNetwork: true,
    });
    const hungUp = await provider.send("eth_chainId", []).catch((error: unknown) => error);
    expect(isNodeDown(hungUp)).to.equal(true);
    server.close();
    await once(server, "close");
    const refused = await provider.send("eth_chainId", []).catch((error: unknown) => error);
    expect(isNodeDown(refused)).to.equal(true);
    provider.destroy();
  });

  it("does not take an answer for silence", () => {
    expect(isNodeDown(Object.assign(new Error("execution reverted"), { code: "CALL_EXCEPTION" }))).to.equal(
      false,
    );
    expect(isNodeDown("ECONNREFUSED")).to.equal(false);
    expect(
      isNodeDown(new Error("wrapped", { cause: Object.assign(new Error(), { code: "ECONNRESET" }) })),
    ).to.equal(true);
  });
});
