import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { beforeEach, describe, it } from "mocha";
import { keepRescued, readRescued, resendRescued } from "../../../../workers/devnet/deadlock/rescue.js";
import { lockRecovery } from "../../../../workers/devnet/deadlock/lockRecovery.js";
import type { NodeConnection } from "../../../../workers/devnet/engines/types.js";
import { RpcError } from "../../../../workers/devnet/ipc.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

/** A node that knows some transactions, takes in others, and refuses those whose nonce is gone. */
function fakeNode(known: readonly string[], stale: readonly string[] = []) {
  const has = new Set(known);
  const sent: string[] = [];
  const node: NodeConnection = {
    call: async <T>(method: string, params: readonly unknown[] = []): Promise<T> => {
      const [given] = params as [string];
      if (method === "eth_getTransactionByHash") return (has.has(given) ? {} : null) as T;
      if (stale.includes(given)) throw new RpcError(-32_000, "nonce too low");
      sent.push(given);
      return given as T;
    },
    close: () => undefined,
  };
  return { node, sent };
}

describe("transactions of a branch that is given up", () => {
  const folder = temporaryFolder();
  const file = join(folder, "rescued.json");
  const one = { hash: "0x1", raw: "0xr1" };
  const two = { hash: "0x2", raw: "0xr2" };

  beforeEach(async () => {
    await resendRescued(file, fakeNode([]).node);
  });

  it("are written down until they are sent, those of a recovery that was cut short too", async () => {
    keepRescued(file, [one]);
    keepRescued(file, [one, two]);
    expect(readRescued(file)).to.deep.equal([one, two]);
    const { node, sent } = fakeNode([]);
    expect(await resendRescued(file, node)).to.deep.equal({ kept: 2, refused: [] });
    expect(sent).to.deep.equal(["0xr1", "0xr2"]);
    expect(readRescued(file)).to.deep.equal([]);
  });

  it("are sent only where they are missing, and those refused are named", async () => {
    keepRescued(file, [one, two]);
    const { node, sent } = fakeNode(["0x1"], ["0xr2"]);
    expect(await resendRescued(file, node)).to.deep.equal({
      kept: 1,
      refused: [{ hash: "0x2", reason: "nonce too low" }],
    });
    expect(sent).to.deep.equal([]);
  });

  it("leave no file where there are none", () => {
    keepRescued(file, []);
    expect(existsSync(file)).to.equal(false);
  });
});

describe("lockRecovery", () => {
  const file = join(temporaryFolder(), "recovery.lock");

  it("is held by a program that runs, and by none that is gone or garbled", () => {
    writeFileSync(file, `${process.ppid}\n`);
    expect(lockRecovery(file)).to.equal(undefined);
    for (const stale of ["4194304\n", "", "who?"]) {
      writeFileSync(file, stale);
      const unlock = lockRecovery(file)!;
      expect(existsSync(file)).to.equal(true);
      unlock();
      expect(existsSync(file)).to.equal(false);
    }
  });
});
