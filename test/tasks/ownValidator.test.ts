import { writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect } from "chai";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { afterEach, beforeEach, describe, it } from "mocha";
import { namedDevnet } from "../../tasks/support/namedDevnet.js";
import { ownValidatorUrl } from "../../tasks/support/ownValidator.js";
import { UserError } from "../../tasks/support/userError.js";
import { devnetUrl } from "../../workers/devnet/devnetUrl.js";
import { layout } from "../../workers/devnet/layout.js";
import { temporaryFolder } from "../support/temporaryFolder.js";

const account = (number: number): string => `0x${`a${number}`.repeat(20)}`;
const hre = {} as HardhatRuntimeEnvironment;

/** A validator; of the operator with its own number if none is named. */
const validator = (number: number, operator?: number): object => ({
  number,
  name: `validator-${number}`,
  address: account(number),
  nodeId: "ab".repeat(64),
  host: "127.0.0.1",
  rpcPort: 9_000 + number,
  p2pPort: 9_100 + number,
  authPort: 9_200 + number,
  ...(operator === undefined ? {} : { operator }),
});

function put(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

describe("the validator that an operator sends through", () => {
  const folder = temporaryFolder();
  const held = { folder: process.env.GRIDPROOF_DEVNET, url: process.env.GRIDPROOF_DEVNET_URL };
  beforeEach(() => {
    put("GRIDPROOF_DEVNET", folder);
    put("GRIDPROOF_DEVNET_URL", undefined);
  });
  afterEach(() => {
    put("GRIDPROOF_DEVNET", held.folder);
    put("GRIDPROOF_DEVNET_URL", held.url);
  });
  const write = (...validators: readonly object[]): void =>
    writeFileSync(
      layout(folder).network,
      JSON.stringify({
        format: "gridproof-devnet/1",
        tier: "wan",
        engine: "clique",
        chainId: 7,
        blockPeriodSeconds: 1,
        gasLimit: 60_000_000,
        validators,
        operators: [1, 2].map((number) => ({ name: `Operator ${number}`, address: account(number + 2) })),
      }),
    );

  it("is its own, by name and by account; the first where nobody sends, or no operator", () => {
    write(validator(1), validator(2));
    expect(ownValidatorUrl(hre, "Operator 2")).to.equal("http://127.0.0.1:9002");
    expect(ownValidatorUrl(hre, account(4).toUpperCase().replace("0X", "0x"))).to.equal(
      "http://127.0.0.1:9002",
    );
    expect(ownValidatorUrl(hre)).to.equal("http://127.0.0.1:9001");
    expect(ownValidatorUrl(hre, account(9))).to.equal("http://127.0.0.1:9001");
  });

  it("is found in a folder that is named relative to where the user stands", () => {
    write(validator(1), validator(2));
    const stood = process.env.GRIDPROOF_CWD;
    try {
      put("GRIDPROOF_CWD", dirname(folder));
      put("GRIDPROOF_DEVNET", basename(folder));
      expect(ownValidatorUrl(hre, "Operator 2")).to.equal("http://127.0.0.1:9002");
      expect(devnetUrl(namedDevnet())).to.equal("http://127.0.0.1:9001");
    } finally {
      put("GRIDPROOF_CWD", stood);
    }
  });

  it("is the one that took over from it when its key changed", () => {
    write(validator(1), validator(2), validator(5, 2));
    expect(ownValidatorUrl(hre, "Operator 2")).to.equal("http://127.0.0.1:9005");
    write(validator(1), validator(5, 2));
    expect(ownValidatorUrl(hre, "Operator 2")).to.equal("http://127.0.0.1:9005");
  });

  it("is never another operator's: an error says that it has none", () => {
    write(validator(2));
    expect(() => ownValidatorUrl(hre, "Operator 1")).to.throw(
      UserError,
      "no validator of this network seals for Operator 1",
    );
    process.env.GRIDPROOF_DEVNET_URL = "http://127.0.0.1:1";
    expect(ownValidatorUrl(hre, "Operator 1")).to.equal(undefined);
  });
});
