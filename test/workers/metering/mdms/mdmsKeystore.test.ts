import {
  chmodSync,
  copyFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { hexlify } from "ethers";
import { describe, it } from "mocha";
import { MdmsKeystore, MdmsKeystoreError } from "../../../../workers/metering/mdms/keys/mdmsKeystore.js";
import { canLimitFiles, limitFiles } from "../../../support/faults/fileSizeLimit.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const SALTED = `0x${"44".repeat(32)}`;

/** Does something where files can be so long only, as on a full disk. */
async function filled(room: number, work: () => void): Promise<void> {
  await limitFiles(process.pid, room);
  try {
    work();
  } finally {
    await limitFiles(process.pid, undefined);
  }
}

describe("the MDMS's keystore", () => {
  const folder = temporaryFolder();
  let made = 0;
  const fresh = (): MdmsKeystore => MdmsKeystore.create(join(folder, `keys-${made++}.json`), "p", SALTED);

  it("gives the same keys again, and to nobody without the password", () => {
    const keystore = fresh();
    const drawn = keystore.drawEpoch(1);
    expect(hexlify(keystore.drawEpoch(1).privateKey)).to.equal(hexlify(drawn.privateKey));
    const again = MdmsKeystore.open(keystore.path, "p");
    expect(hexlify(again.identity.publicKey)).to.equal(hexlify(keystore.identity.publicKey));
    expect(hexlify(again.epoch(1)!.privateKey)).to.equal(hexlify(drawn.privateKey));
    expect(again.saltedId).to.equal(SALTED);
    expect(() => MdmsKeystore.open(keystore.path, "q")).to.throw(MdmsKeystoreError, "does not open it");
    expect(statSync(keystore.path).mode & 0o777).to.equal(0o600);
    const text = readFileSync(keystore.path, "utf8");
    for (const secret of [drawn.privateKey, keystore.identity.privateKey]) {
      expect(text).not.to.contain(hexlify(secret).slice(2));
      expect(text).not.to.contain(Buffer.from(secret).toString("base64"));
    }
  });

  it("destroys an epoch's key for good, in the file and in what was the file", () => {
    const keystore = fresh();
    keystore.drawEpoch(1);
    keystore.drawEpoch(2);
    const watched = `${keystore.path}.seen`;
    linkSync(keystore.path, watched);
    keystore.destroyEpoch(1);
    expect(keystore.epochs()).to.deep.equal([2]);
    expect(keystore.epoch(1)).to.equal(undefined);
    expect(MdmsKeystore.open(keystore.path, "p").epochs()).to.deep.equal([2]);
    expect(readFileSync(watched).every((byte) => byte === 0)).to.equal(true);
    expect(readdirSync(folder).filter((name) => /\.(old|next)$/u.test(name))).to.deep.equal([]);
  });

  it("takes up what a kill in the middle of writing has left", () => {
    const keystore = fresh();
    const { path } = keystore;
    keystore.drawEpoch(1);
    copyFileSync(path, `${path}.old`);
    writeFileSync(`${path}.next`, "half a fi");
    keystore.drawEpoch(2);
    copyFileSync(path, `${path}.old`);
    expect(MdmsKeystore.open(path, "p").epochs()).to.deep.equal([1, 2]);
    linkSync(path, `${path}.old`);
    expect(MdmsKeystore.open(path, "p").epochs()).to.deep.equal([1, 2]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".old"))).to.deep.equal([]);
  });

  it("keeps what it has where the disk is full, and draws a key that is on disk or none", async function () {
    this.timeout(30_000);
    if (!(await canLimitFiles())) this.skip();
    const keystore = fresh();
    const first = hexlify(keystore.drawEpoch(1).privateKey);
    const size = statSync(keystore.path).size;
    // Room for the beginning alone, and for nothing.
    for (const room of [size, 0]) {
      await filled(room, () => {
        for (let again = 0; again < 2; again++) expect(() => keystore.drawEpoch(2)).to.throw(/EFBIG|ENOSPC/u);
        expect(keystore.epoch(2)).to.equal(undefined);
      });
      expect(MdmsKeystore.open(keystore.path, "p").epochs()).to.deep.equal([1]);
    }
    await filled(0, () => expect(() => keystore.destroyEpoch(1)).to.throw(/EFBIG|ENOSPC/u));
    expect(keystore.epochs()).to.deep.equal([1]);
    const second = hexlify(keystore.drawEpoch(2).privateKey);
    const again = MdmsKeystore.open(keystore.path, "p");
    expect([1, 2].map((epoch) => hexlify(again.epoch(epoch)!.privateKey))).to.deep.equal([first, second]);
    keystore.destroyEpoch(1);
    expect(MdmsKeystore.open(keystore.path, "p").epochs()).to.deep.equal([2]);
  });

  it("is one for two instances: what one draws or destroys the other finds so", function () {
    this.timeout(30_000);
    const one = fresh();
    const two = MdmsKeystore.open(one.path, "p");
    const drawn = hexlify(one.drawEpoch(1).privateKey);
    expect(hexlify(two.drawEpoch(1).privateKey)).to.equal(drawn);
    two.drawEpoch(2);
    expect(one.epochs()).to.deep.equal([1, 2]);
    two.destroyEpoch(1);
    expect(one.epoch(1)).to.equal(undefined);
    // What the other destroyed is not brought back.
    one.drawEpoch(3);
    expect(MdmsKeystore.open(one.path, "p").epochs()).to.deep.equal([2, 3]);
  });

  it("names what is wrong", () => {
    const keystore = fresh();
    expect(() => MdmsKeystore.create(keystore.path, "p", SALTED)).to.throw(MdmsKeystoreError, "exists");
    expect(() => MdmsKeystore.open(join(folder, "none"), "p")).to.throw(MdmsKeystoreError, "ENOENT");
    const rubbish = join(folder, "rubbish.json");
    writeFileSync(rubbish, "{}", { mode: 0o600 });
    expect(() => MdmsKeystore.open(rubbish, "p")).to.throw(MdmsKeystoreError, "no keystore");
    chmodSync(rubbish, 0o644);
    expect(() => MdmsKeystore.open(rubbish, "p")).to.throw(MdmsKeystoreError, "chmod 600");
    const text = JSON.parse(readFileSync(keystore.path, "utf8")) as { identity: string };
    const altered = { ...text, identity: `AAAA${text.identity.slice(4)}` };
    writeFileSync(keystore.path, JSON.stringify(altered), { mode: 0o600 });
    expect(() => MdmsKeystore.open(keystore.path, "p").identity).to.throw(MdmsKeystoreError, "altered");
  });
});
