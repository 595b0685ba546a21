import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import { describe, it } from "mocha";
import {
  createKeystore,
  KEY_VARIABLE,
  KeyFileExistsError,
  KeyFileExposedError,
  KeyInvalidError,
  KeyMissingError,
  loadOperatorWallet,
  PASSWORD_VARIABLE,
  type KeySource,
} from "../../../workers/crypto/keystore.js";
import { canLimitFiles, limitFiles } from "../../support/faults/fileSizeLimit.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const wallet = new Wallet(`0x${"1f".repeat(32)}`);
const cheap = { scryptN: 1024 };

async function failure(source: KeySource): Promise<Error> {
  try {
    await loadOperatorWallet(source);
  } catch (error) {
    return error as Error;
  }
  throw new Error("a wallet was loaded");
}

describe("keystore", () => {
  const folder = temporaryFolder();
  const keystore = join(folder, "key.json");
  const passwordFile = join(folder, "password");

  it("writes an encrypted file that only its owner can read, and reads it back", async () => {
    await createKeystore(keystore, wallet, "correct horse", cheap);
    writeFileSync(passwordFile, "correct horse\nsecond line\n", { mode: 0o600 });
    expect(statSync(keystore).mode & 0o777).to.equal(0o600);
    expect(readFileSync(keystore, "utf8")).to.not.contain(wallet.privateKey.slice(2));
    const loaded = await loadOperatorWallet({ keystore, passwordFile, environment: {} });
    expect(loaded.privateKey).to.equal(wallet.privateKey);
  });

  it("takes the password from the environment, or asks for it", async () => {
    const environment = { [PASSWORD_VARIABLE]: "correct horse" };
    expect((await loadOperatorWallet({ keystore, environment })).address).to.equal(wallet.address);
    let asked = "";
    const prompt = (question: string): Promise<string> => {
      asked = question;
      return Promise.resolve("correct horse");
    };
    expect((await loadOperatorWallet({ keystore, environment: {}, prompt })).address).to.equal(
      wallet.address,
    );
    expect(asked).to.contain(keystore);
  });

  it("never overwrites a file", async () => {
    const before = readFileSync(keystore, "utf8");
    const error = await createKeystore(keystore, wallet, "other", cheap).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(KeyFileExistsError);
    expect(readFileSync(keystore, "utf8")).to.equal(before);
  });

  it("leaves no half of a file where the disk is full", async function () {
    if (!(await canLimitFiles())) this.skip();
    const path = join(folder, "full.json");
    for (const room of [0, 100]) {
      await limitFiles(process.pid, room);
      const error = await createKeystore(path, wallet, "p", cheap).catch((caught: unknown) => caught);
      await limitFiles(process.pid, undefined);
      expect(String(error)).to.match(/EFBIG|ENOSPC/u);
    }
    await createKeystore(path, wallet, "p", cheap);
    const environment = { [PASSWORD_VARIABLE]: "p" };
    expect((await loadOperatorWallet({ keystore: path, environment })).address).to.equal(wallet.address);
  });

  for (const mode of [0o640, 0o604, 0o620, 0o666]) {
    it(`refuses a keystore or password file of mode ${mode.toString(8)}`, async () => {
      for (const path of [keystore, passwordFile]) {
        chmodSync(path, mode);
        const error = await failure({ keystore, passwordFile, environment: {} });
        chmodSync(path, 0o600);
        expect(error).to.be.instanceOf(KeyFileExposedError);
        expect(error.message).to.contain(path);
      }
    });
  }

  it("says that the password is wrong, without showing it", async () => {
    const error = await failure({ keystore, environment: { [PASSWORD_VARIABLE]: "hunter2" } });
    expect(error).to.be.instanceOf(KeyInvalidError);
    expect(error.message)
      .to.match(/wrong password/)
      .and.not.contain("hunter2");
  });

  it("refuses a file that is no keystore", async () => {
    const path = join(folder, "other.json");
    writeFileSync(path, "{}", { mode: 0o600 });
    expect(await failure({ keystore: path, passwordFile, environment: {} })).to.be.instanceOf(
      KeyInvalidError,
    );
    const absent = await failure({ keystore: join(folder, "absent"), passwordFile, environment: {} });
    expect(absent).to.be.instanceOf(KeyMissingError);
  });

  it("takes the key from the environment where no keystore is named", async () => {
    for (const key of [wallet.privateKey, wallet.privateKey.slice(2), ` ${wallet.privateKey}\n`]) {
      const loaded = await loadOperatorWallet({ environment: { [KEY_VARIABLE]: key } });
      expect(loaded.address).to.equal(wallet.address);
    }
  });

  it("refuses a bad key in the environment without quoting it", async () => {
    const bad = "1f".repeat(31);
    const error = await failure({ environment: { [KEY_VARIABLE]: bad } });
    expect(error).to.be.instanceOf(KeyInvalidError);
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).to.not.contain(bad);
    expect(await failure({ environment: {} })).to.be.instanceOf(KeyMissingError);
  });
});
