import { expect } from "chai";
import { Hono } from "hono";
import { serveHttp } from "../../../workers/http/serveHttp.js";

describe("serveHttp", () => {
  it("serves until it is closed", async () => {
    const app = new Hono().get("/name", (c) => c.text("north"));
    const server = await serveHttp(app, { host: "127.0.0.1", port: 0 });
    expect(await (await fetch(`${server.url}/name`)).text()).to.equal("north");
    expect((await fetch(`${server.url}/other`)).status).to.equal(404);
    await server.close();
    expect(await fetch(server.url).catch(() => "refused")).to.equal("refused");
  });

  it("says that an address is taken", async () => {
    const server = await serveHttp(new Hono(), { host: "127.0.0.1", port: 0 });
    const port = Number(new URL(server.url).port);
    const error = await serveHttp(new Hono(), { host: "127.0.0.1", port }).catch((e: unknown) => e);
    expect(error).to.have.property("code", "EADDRINUSE");
    await server.close();
  });
});
