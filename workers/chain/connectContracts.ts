import { type ContractRunner, getAddress } from "ethers";
import {
  type Consortium,
  Consortium__factory,
  type FinalityOverlay,
  FinalityOverlay__factory,
  type GridRegistry,
  GridRegistry__factory,
  type MeterKeys,
  MeterKeys__factory,
  type SlotLedger,
  SlotLedger__factory,
} from "../../typechain-types/index.js";

/** Where a deployment's contracts are. */
export interface Addresses {
  readonly consortium: string;
  readonly registry: string;
  readonly ledger: string;
  /** Absent where no meter signs its values. */
  readonly meterKeys?: string | undefined;
  /** Absent where no validator's worker signs blocks. */
  readonly finality?: string | undefined;
}

/** The contracts of data sharing, typed. */
export interface Contracts {
  readonly consortium: Consortium;
  readonly registry: GridRegistry;
  readonly ledger: SlotLedger;
  readonly meterKeys: MeterKeys | undefined;
  readonly finality: FinalityOverlay | undefined;
}

/** The contracts at `addresses` (in any letter case), as `runner` (a signer to send, a provider to read) uses them. */
export function connectContracts(addresses: Addresses, runner: ContractRunner): Contracts {
  const { meterKeys, finality } = addresses;
  return {
    consortium: Consortium__factory.connect(getAddress(addresses.consortium), runner),
    registry: GridRegistry__factory.connect(getAddress(addresses.registry), runner),
    ledger: SlotLedger__factory.connect(getAddress(addresses.ledger), runner),
    meterKeys:
      meterKeys === undefined ? undefined : MeterKeys__factory.connect(getAddress(meterKeys), runner),
    finality:
      finality === undefined ? undefined : FinalityOverlay__factory.connect(getAddress(finality), runner),
  };
}
