import type { Wallet } from "ethers";
import { loadOperatorWallet } from "../crypto/keystore.js";
import { layout } from "./layout.js";
import type { Network } from "./types.js";

/** The accounts of a network's operators, from their keystores, in their order. */
export async function operatorWallets(folder: string, network: Network): Promise<Wallet[]> {
  const at = layout(folder);
  return await Promise.all(
    network.operators.map((_, i) =>
      loadOperatorWallet({
        keystore: at.operatorKeystore(i + 1),
        passwordFile: at.operatorPassword(i + 1),
        environment: {},
      }),
    ),
  );
}
