import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { before, describe, it } from "mocha";
import { checkTls, type TlsFiles } from "../../../../workers/metering/provision/checkTls.js";
import { makeCertificates, type TestCertificates } from "../../../support/makeCertificates.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

describe("the broker's certificate, before it is provisioned", () => {
  const folder = temporaryFolder();
  let made: TestCertificates;
  let good: TlsFiles;

  before(function () {
    const certificates = makeCertificates(folder);
    if (certificates === undefined) {
      this.skip();
      return;
    }
    made = certificates;
    good = { ...made.issue("good", "IP:127.0.0.1,DNS:broker.example"), caFile: made.caFile };
  });

  it("is taken for each name that it holds", async () => {
    for (const host of ["127.0.0.1", "broker.example"]) await checkTls(good, host);
  });

  it("is refused for another name, and to clients that do not know its authority", async () => {
    for (const host of ["127.0.0.2", "other.example", "localhost"]) {
      expect(await failure(good, host)).to.match(
        /^ProvisionError: .*good\.pem: clients of .* would not believe it/u,
      );
    }
    const { certFile, keyFile } = good;
    expect(await failure({ certFile, keyFile })).to.match(/ProvisionError: .*would not believe it/u);
    expect(await failure({ ...good, caFile: certFile })).to.match(/ProvisionError: .*would not believe it/u);
  });

  it("is refused when it is over", async () => {
    const over = made.issue("over", "IP:127.0.0.1", -1);
    expect(await failure({ ...good, ...over })).to.match(/ProvisionError: .*over\.pem: held until/u);
  });

  it("is refused with a key that others can read, that is another's, or none", async () => {
    const other = made.issue("other", "IP:127.0.0.1");
    expect(await failure({ ...good, keyFile: other.keyFile })).to.match(
      /ProvisionError: .*is not the key of/u,
    );
    chmodSync(other.keyFile, 0o640);
    expect(await failure({ ...good, ...other })).to.match(/^KeyFileExposedError: .*other\.key/u);
    const none = join(folder, "none");
    writeFileSync(none, "-----BEGIN NOTHING-----\n", { mode: 0o600 });
    expect(await failure({ ...good, keyFile: none })).to.match(/ProvisionError: .*no private key/u);
    expect(await failure({ ...good, certFile: none })).to.match(/ProvisionError: .*no certificate/u);
    expect(await failure({ ...good, caFile: none })).to.match(/ProvisionError: .*no certificate/u);
    expect(await failure({ ...good, certFile: join(folder, "absent") })).to.include("ENOENT");
  });
});

async function failure(tls: TlsFiles, host = "127.0.0.1"): Promise<string> {
  return await checkTls(tls, host).then(() => "taken", String);
}
