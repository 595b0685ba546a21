import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Wallet } from "ethers";
import { createNetwork, PORTS } from "../../workers/devnet/createNetwork.js";
import { freePorts } from "../../workers/devnet/freePorts.js";
import { operatorWallets } from "../../workers/devnet/operatorWallets.js";
import { startNetwork } from "../../workers/devnet/startNetwork.js";
import { deleteNetwork } from "../../workers/devnet/stopNetwork.js";
import type { Network } from "../../workers/devnet/types.js";
import { doorGeth } from "./doorGeth.js";

/** What networks that are compared have in common. */
export interface NetworkTerms {
  readonly validators: number;
  readonly blockPeriodSeconds: number;
  readonly gasLimit: number;
}

/** A network that is there for a measurement. */
export interface OwnNetwork {
  readonly folder: string;
  readonly network: Network;
  readonly wallets: readonly Wallet[];
  /** Where each validator's gate serves JSON-RPC, as the product uses it. */
  readonly gates: readonly string[];
  /** Where its engine serves it itself. */
  readonly engines: readonly string[];
}

const CHAIN_ID = 20_290;

/** Runs a measurement on a fresh network, with a folder and ports of its own, and deletes the network whatever comes of it. */
export async function withOwnNetwork<T>(
  geth: string,
  terms: NetworkTerms,
  note: (text: string) => void,
  use: (own: OwnNetwork) => Promise<T>,
): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), "gridproof-bench-"));
  const folder = join(parent, "network");
  try {
    const basePort = await freePorts((PORTS + 1) * terms.validators);
    const network = await createNetwork(folder, {
      tier: "bench",
      engine: "clique",
      chainId: CHAIN_ID,
      basePort,
      ...terms,
    });
    const own = basePort + PORTS * terms.validators - 1;
    const engine = doorGeth(geth, ({ number }) => own + number);
    const stop = (): void => void deleteNetwork(folder).finally(() => process.exit(130));
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    try {
      await startNetwork(folder, network, engine, note);
      return await use({
        folder,
        network,
        wallets: await operatorWallets(folder, network),
        gates: network.validators.map(({ host, rpcPort }) => `http://${host}:${rpcPort}`),
        engines: network.validators.map(({ host, number }) => `http://${host}:${own + number}`),
      });
    } finally {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      await deleteNetwork(folder);
    }
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}
