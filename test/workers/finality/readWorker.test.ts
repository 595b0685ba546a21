import { expect } from "chai";
import { describe, it } from "mocha";
import { readWorkerFinal } from "../../../workers/finality/readWorker.js";
import { freePorts } from "../../support/freePorts.js";

describe("readWorkerFinal", () => {
  it("says that nobody answers, where nobody does", async () => {
    const url = `http://127.0.0.1:${await freePorts(1)}`;
    const said = await readWorkerFinal(url).catch((error: Error) => error.message);
    expect(said).to.equal(`${url}: no worker answers there (ECONNREFUSED)`);
  });
});
