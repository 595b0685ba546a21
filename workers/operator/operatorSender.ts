import type { JsonRpcProvider, Signer } from "ethers";
import { SlotLedger__factory } from "../../typechain-types/factories/measurement/SlotLedger__factory.js";
import { providerAccess } from "../chain/sending/providerAccess.js";
import { Sender } from "../chain/sending/sender.js";
import type { RevertVerdict } from "../chain/sending/types.js";
import type { Finality } from "../finality/types.js";
import { slotOfSend } from "../store/journal.js";
import type { Store } from "../store/openStore.js";
import type { Send } from "../store/sends.js";
import type { Collaborators } from "./collaborators.js";
import type { WorkerConfig } from "./config.js";

/** What an operator's sender is made of. */
export interface OperatorSenderParts extends Pick<Collaborators, "clock" | "logger" | "observe"> {
  readonly provider: JsonRpcProvider;
  readonly account: string;
  readonly signer: Signer;
  readonly store: Store;
  readonly finality?: Finality | undefined;
}

/** The sender of an operator's worker: it speaks of slots and kinds, and knows what a lost race is. */
export function operatorSender(parts: OperatorSenderParts, config: WorkerConfig): Sender {
  const { provider, signer, store, clock, logger, observe, account, finality } = parts;
  const ledger = SlotLedger__factory.connect(config.contracts.ledger, provider);
  const price = config.gasPriceWei === undefined ? undefined : BigInt(config.gasPriceWei);
  return new Sender({
    store,
    chain: providerAccess(provider),
    account,
    sign: async (transaction) => await signer.signTransaction({ ...transaction, from: account }),
    now: () => clock.now(),
    logger,
    settings: {
      chainId: BigInt(config.chainId),
      maxInFlight: config.maxInFlight,
      stuckBlocks: config.stuckBlocks,
      fees: { price, cap: BigInt(config.maxGasPriceWei) },
    },
    finality,
    describe: (send) => slotOfSend(send) ?? { purpose: send.purpose },
    observe: (stage, send) =>
      observe(stage, { ...slotOfSend(send), hash: send.hash, block: send.block?.number }),
    judgeRevert: async (send) => judge(send, Number(await ledger.nextSlot())),
  });
}

/** Somebody else settled the slot or named its suspect first, or it is a failure. */
function judge(send: Send, nextSlot: number): RevertVerdict {
  const { kind, slot } = slotOfSend(send) ?? {};
  if (kind === "settle" && slot! < nextSlot) {
    return { state: "superseded", reason: "another settlement of the slot came first" };
  }
  if (kind === "suspect" || kind === "conclude") {
    return { state: "superseded", reason: "another claim for the slot came first" };
  }
  return { state: "failed", reason: "reverted" };
}
