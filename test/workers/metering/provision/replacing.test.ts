import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Signer, TransactionRequest, Wallet } from "ethers";
import { after, before, describe, it } from "mocha";
import { Credentials } from "../../../../workers/bus/broker/credentials.js";
import { CONCENTRATOR, MDMS } from "../../../../workers/bus/topics.js";
import { addressOfKey } from "../../../../workers/crypto/addressOfKey.js";
import { loadOperatorWallet } from "../../../../workers/crypto/keystore.js";
import { keystoreAddress } from "../../../../workers/crypto/keystoreAddress.js";
import { MdmsKeystore } from "../../../../workers/metering/mdms/keys/mdmsKeystore.js";
import { FleetStore } from "../../../../workers/metering/meter/fleetStore.js";
import { meteringFiles } from "../../../../workers/metering/provision/layout.js";
import { provision, type Provisioning } from "../../../../workers/metering/provision/provision.js";
import { replaceConcentrator } from "../../../../workers/metering/provision/replaceConcentrator.js";
import { replaceMdms } from "../../../../workers/metering/provision/replaceMdms.js";
import { readRecord } from "../../../../workers/metering/provision/utilityRecord.js";
import { saltedId } from "../../../../workers/metering/identityHash.js";
import { readSecret } from "../../../../workers/program/readSecret.js";
import { deployMetering, rules, UTILITY_SEAT } from "../../../contracts/metering/meteringFixture.js";
import { type Countdown, killAt } from "../../../support/killAt.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const COST = { scryptN: 2 };

describe("replacing what is lost, killed before each of its writes", function () {
  this.timeout(300_000);
  const folder = join(temporaryFolder(), "metering");
  const files = meteringFiles(folder);
  let deployed: Awaited<ReturnType<typeof deployMetering>>;
  let utility: Signer;
  let what: Provisioning;

  before(async () => {
    deployed = await deployMetering();
    utility = deployed.member(UTILITY_SEAT);
    what = {
      folder,
      deployment: {
        network: "default",
        chainId: Number(deployed.domain.chainId),
        fromBlock: 0,
        contracts: {
          metering: deployed.address,
          consortium: await deployed.utility.consortium(),
        },
        rules,
      },
      meters: ["SN-1", "SN-2"].map((serial) => ({
        serial,
        usagePoint: serial,
        customer: "",
        place: "list:2",
      })),
      since: 0,
      fund: "1",
      rpcUrl: "http://127.0.0.1:1",
      host: undefined,
      port: 1_883,
      tls: undefined,
      database: undefined,
      readings: undefined,
      pastSeconds: 0,
      speed: 1,
      keystoreCost: COST,
    };
    await provision(deployed.utility, utility, what);
  });

  /** The utility's account, of a process that may be killed. */
  function mortal({ write }: Countdown): Signer {
    const send = utility.sendTransaction.bind(utility);
    return new Proxy(utility, {
      get: (target, name) =>
        name === "sendTransaction"
          ? (transaction: TransactionRequest) => {
              write();
              return send(transaction);
            }
          : (Reflect.get(target, name, target) as unknown),
    });
  }

  it("an MDMS: the next call goes on, and keys, chain, broker and meters agree", async () => {
    const save = Reflect.get<FleetStore, "saveMemory">(FleetStore.prototype, "saveMemory");
    let dying: Countdown | undefined;
    FleetStore.prototype.saveMemory = function (this: FleetStore, memory) {
      dying?.write();
      save.call(this, memory);
    };
    after(() => void (FleetStore.prototype.saveMemory = save));
    const replace = (countdown: Countdown): Promise<unknown> => {
      dying = countdown;
      return replaceMdms(deployed.utility.connect(mortal(countdown)), files);
    };
    let kills = 0;
    for (; ; kills++) {
      const old = (await deployed.utility.mdms()).identity;
      const keystore = (name = ""): MdmsKeystore =>
        MdmsKeystore.open(`${files.mdmsKeys}${name}`, readSecret(`${files.mdmsKeysPassword}${name}`));
      const killed = await killAt(kills, replace);
      dying = undefined;
      if (existsSync(files.mdmsReplacement)) {
        expect(await failure(provision(deployed.utility, utility, what))).to.include("replace-mdms");
      }
      if (killed) await replaceMdms(deployed.utility, files);
      const { identity } = await deployed.utility.mdms();
      expect(identity, `killed at ${kills}`).not.to.equal(old);
      const fresh = keystore();
      expect(addressOfKey(fresh.identity.publicKey)).to.equal(identity);
      const { id, salt } = readRecord(files.record)!.mdms;
      expect(fresh.saltedId).to.equal(saltedId(id, salt));
      expect(addressOfKey(keystore(`.${old}`).identity.publicKey)).to.equal(old);
      const password = Buffer.from(readSecret(files.mdmsBrokerPassword));
      expect(letIn(MDMS, password)).to.equal(true);
      const store = new FleetStore(files.meters, readSecret(files.metersPassword));
      expect([1, 2].map((meter) => store.memory(meter)!.mdms)).to.deep.equal([identity, identity]);
      store.close();
      expect(underWay()).to.deep.equal([]);
      if (!killed) break;
    }
    expect(kills).to.be.greaterThan(15);
    expect(await provision(deployed.utility, utility, what)).to.deep.include({ added: 0, meters: 2 });
  });

  it("a concentrator: the next call goes on, and account, chain and broker agree", async () => {
    let kills = 0;
    for (; ; kills++) {
      const old = keystoreAddress(files.concentratorAccount)!;
      const replace = (by: Signer): Promise<unknown> =>
        replaceConcentrator(deployed.utility.connect(by), by, files, "1", COST);
      const killed = await killAt(kills, (countdown) => replace(mortal(countdown)));
      if (killed) await replace(utility);
      const { address } = await accountOf();
      expect(address, `killed at ${kills}`).not.to.equal(old);
      expect((await accountOf(`.${old}`)).address).to.equal(old);
      expect([
        await deployed.utility.isConcentrator(old),
        await deployed.utility.isConcentrator(address),
      ]).to.deep.equal([false, true]);
      expect(await deployed.ethers.provider.getBalance(address)).to.equal(10n ** 18n);
      const password = Buffer.from(readSecret(files.concentratorBrokerPassword));
      expect(letIn(CONCENTRATOR, password)).to.equal(true);
      expect(underWay()).to.deep.equal([]);
      if (!killed) break;
    }
    expect(kills).to.be.greaterThan(12);
    expect(await provision(deployed.utility, utility, what)).to.deep.include({ added: 0, meters: 2 });
  });

  async function accountOf(name = ""): Promise<Wallet> {
    return await loadOperatorWallet({
      keystore: `${files.concentratorAccount}${name}`,
      passwordFile: `${files.concentratorAccountPassword}${name}`,
      environment: {},
    });
  }

  /** Whether the broker would let somebody in. */
  function letIn(username: string, password: Uint8Array): boolean {
    const credentials = new Credentials(files.credentials);
    credentials.refresh();
    return credentials.check(username, password);
  }

  /** Files that only a step under way has; the second name of a whole keystore may stay. */
  function underWay(): string[] {
    return readdirSync(folder).filter((name) => /replacement|(?<!account\.json)\.next$|\.old$/u.test(name));
  }
});

async function failure(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "",
    (error: Error) => error.message,
  );
}
