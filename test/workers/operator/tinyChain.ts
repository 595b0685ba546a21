import { network } from "hardhat";
import { HDNodeWallet, JsonRpcProvider, Mnemonic, NonceManager, type Signer } from "ethers";
import {
  Consortium__factory,
  Governance__factory,
  GridRegistry__factory,
  SlotLedger__factory,
  type SlotLedger,
} from "../../../typechain-types/index.js";
import { proposeVersion, proveVersion, uploadVersion } from "../../../workers/chain/gridVersions.js";
import { packLabels } from "../../../workers/chain/versionLabels.js";
import type { MeteringPlan } from "../../../workers/grid/types.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { buildVersion } from "../../../workers/grid/version/buildVersion.js";
import { testVoting } from "../../support/testVoting.js";
import { tinyCase, tinyPlan } from "./tinyGrid.js";

export const SLOT_SECONDS = 1_000;
export const CUT_OFF_SLOTS = 1;

/** A node of its own with the triangle in force and two operators. */
export interface TinyChain {
  readonly port: number;
  readonly provider: JsonRpcProvider;
  readonly chainId: number;
  readonly contracts: { readonly consortium: string; readonly registry: string; readonly ledger: string };
  readonly ledger: SlotLedger;
  /** Private keys, by seat. */
  readonly keys: readonly string[];
  /** Signers, by seat. */
  readonly operators: readonly Signer[];
  /** Position of each bus in the version's tree. */
  readonly treeOfBus: ReadonlyMap<number, number>;
  /** The first slot to settle. */
  readonly firstSlot: number;
  /** Start of a slot, unix seconds. */
  start(slot: number): number;
  /** Mines a block at a time, or right after the last block if that is later. */
  mineAt(time: number): Promise<void>;
  close(): Promise<void>;
}

/** @param inForce Whether its first grid version is in force. */
export async function tinyChain(plan: MeteringPlan = tinyPlan, inForce = true): Promise<TinyChain> {
  const server = await network.createServer({ network: "default" }, "127.0.0.1", 0);
  const { port } = await server.listen();
  const provider = new JsonRpcProvider(`http://127.0.0.1:${port}`, undefined, { cacheTimeout: -1 });
  const mnemonic = Mnemonic.fromPhrase("test test test test test test test test test test test junk");
  const wallets = [0, 1, 2].map((i) => HDNodeWallet.fromMnemonic(mnemonic, `m/44'/60'/0'/0/${i}`));
  const [deployer, ...operators] = wallets.map((wallet) => new NonceManager(wallet.connect(provider)));
  const keys = wallets.slice(1).map((wallet) => wallet.privateKey);
  if (deployer === undefined) throw new Error("no deployer");

  const founders = wallets.slice(1).map(({ address }, seat) => ({ account: address, name: `TSO ${seat}` }));
  const consortium = await new Consortium__factory(deployer).deploy(founders, 1_000_000_000n);
  const registry = await new GridRegistry__factory(deployer).deploy(consortium, 0);
  // Well inside slot 0, so that no block of the setup is at a slot's edge.
  const genesis = (await provider.getBlock("latest"))!.timestamp - SLOT_SECONDS / 2;
  const clock = {
    genesis,
    slotSeconds: SLOT_SECONDS,
    cutOffSlots: CUT_OFF_SLOTS,
    expirySlots: 10,
    commitSlots: 0,
  };
  const quantile = BigInt(Math.round(3.09 * 2 ** 32));
  const terms = {
    reward: 1000n,
    missingPenalty: 1000n,
    anomalyPenalty: 2000n,
    normalQuantileQ32: quantile,
    penaliseIncomplete: false,
  };
  const ledger = await new SlotLedger__factory(deployer).deploy(consortium, registry, clock, terms);
  const governance = await new Governance__factory(deployer).deploy(consortium, testVoting);
  await consortium.concludeSetup(ledger, governance);

  const grid = compileGrid(tinyCase);
  const seats = new Map(founders.map(({ name }, seat) => [name, seat]));
  const { records, meters } = buildVersion(grid, plan, seats);
  const labels = packLabels({ case: tinyCase, meters });
  const proposing = registry.connect(operators[0]);
  const { version } = await proposeVersion(proposing, records, labels);
  await uploadVersion(proposing, version, records, labels);
  await proveVersion(proposing, version);
  const { contentHash } = await registry.summary(version);
  for (const operator of operators) await registry.connect(operator).approve(version, contentHash);
  if (inForce) await proposing.activate(version);
  // The workers take over their own nonces.
  for (const operator of operators) operator.reset();

  return {
    port,
    provider,
    chainId: Number((await provider.getNetwork()).chainId),
    contracts: {
      consortium: await consortium.getAddress(),
      registry: await registry.getAddress(),
      ledger: await ledger.getAddress(),
    },
    ledger: ledger.connect(provider),
    keys,
    operators,
    treeOfBus: new Map(records.tree.map(({ bus }, i) => [bus, i])),
    firstSlot: Number(await ledger.nextSlot()),
    start: (slot) => genesis + slot * SLOT_SECONDS,
    mineAt: async (time) => {
      for (;;) {
        const { timestamp } = (await provider.getBlock("latest"))!;
        try {
          await provider.send("evm_mine", [Math.max(time, timestamp + 1)]);
          return;
        } catch (error) {
          // A worker's transaction came into a later block in the meantime.
          if (!String(error).includes("lower than the previous block's timestamp")) throw error;
        }
      }
    },
    close: async () => {
      provider.destroy();
      await server.close();
    },
  };
}
