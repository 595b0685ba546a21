import { parseEther, Wallet } from "ethers";
import { operatorWallets } from "../../../workers/devnet/operatorWallets.js";
import type { FaultNetwork } from "./openFaultNetwork.js";

const FUNDS = parseEther("100");

/**
 * A new account with funds, at a validator. The operator that pays has its worker stopped meanwhile: it keeps count of
 * its transactions by itself.
 */
export async function fundedWallet(net: FaultNetwork, validator: number): Promise<Wallet> {
  const [payer] = await operatorWallets(net.folder, net.network);
  const [worker] = net.workers;
  await worker!.stop();
  const wallet = new Wallet(Wallet.createRandom().privateKey, net.over(validator));
  const from = payer!.connect(net.over(1));
  await (await from.sendTransaction({ to: wallet.address, value: FUNDS })).wait();
  worker!.start();
  return wallet;
}
