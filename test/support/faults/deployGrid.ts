import { setTimeout as pause } from "node:timers/promises";
import type { Provider, Signer } from "ethers";
import {
  Consortium__factory,
  Governance__factory,
  GridRegistry__factory,
  SlotLedger__factory,
} from "../../../typechain-types/index.js";
import { type Addresses, connectContracts } from "../../../workers/chain/connectContracts.js";
import { demoTerms } from "../../../workers/demo/demoTerms.js";
import { prepareGrid } from "../../../workers/demo/prepareGrid.js";
import { registerVersion } from "../../../workers/demo/registerVersion.js";
import type { DemoGrid } from "../../../workers/demo/types.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";

/** Slots of the network that faults are tested on. Values may come until 30 s after a slot's end: longer than any fault lasts. */
export const slotClock = { slotSeconds: 5, cutOffSlots: 6, expirySlots: 200, commitSlots: 0 };

/** The contracts of data sharing with IEEE 14 in force, each operator owning a part of its meters. */
export interface DeployedGrid {
  readonly addresses: Addresses;
  readonly demoGrid: DemoGrid;
  readonly depositTotal: bigint;
  /** The first slot to settle. */
  readonly firstSlot: number;
  /** Start of a slot, unix seconds. */
  readonly startOf: (slot: number) => number;
}

/** Deploys the contracts with these signers as founders; the first pays. */
export async function deployGrid(provider: Provider, members: readonly Signer[]): Promise<DeployedGrid> {
  const names = members.map((_, seat) => `Operator ${seat + 1}`);
  const accounts = await Promise.all(members.map((member) => member.getAddress()));
  const founders = accounts.map((account, seat) => ({ account, name: names[seat]! }));
  const { deposit, terms, voting } = demoTerms(members.length);
  const deployer = members[0]!;
  const consortium = await new Consortium__factory(deployer).deploy(founders, deposit);
  await consortium.waitForDeployment();
  const registry = await new GridRegistry__factory(deployer).deploy(consortium, 0);
  await registry.waitForDeployment();
  const genesis = await latestTime(provider);
  const ledger = await new SlotLedger__factory(deployer).deploy(
    consortium,
    registry,
    { genesis, ...slotClock },
    terms,
  );
  const governance = await new Governance__factory(deployer).deploy(consortium, voting);
  await Promise.all([ledger.waitForDeployment(), governance.waitForDeployment()]);
  await (await consortium.concludeSetup(ledger, governance)).wait();
  const addresses = {
    consortium: await consortium.getAddress(),
    registry: await registry.getAddress(),
    ledger: await ledger.getAddress(),
  };
  const demoGrid = prepareGrid(builtinCase("ieee14"), names);
  await registerVersion(
    {
      provider,
      clock: {
        now: () => latestTime(provider),
        advanceTo: async (seconds) => {
          while ((await latestTime(provider)) < seconds) await pause(100);
        },
      },
      operators: members.map((member, seat) => ({
        name: names[seat]!,
        address: accounts[seat]!,
        contracts: connectContracts(addresses, member),
      })),
    },
    demoGrid,
    () => undefined,
  );
  return {
    addresses,
    demoGrid,
    depositTotal: deposit * BigInt(members.length),
    firstSlot: Number(await ledger.nextSlot()),
    startOf: (slot) => genesis + slot * slotClock.slotSeconds,
  };
}

async function latestTime(provider: Provider): Promise<number> {
  return (await provider.getBlock("latest"))!.timestamp;
}
