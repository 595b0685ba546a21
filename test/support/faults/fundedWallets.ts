import { parseEther, Wallet } from "ethers";
import { operatorWallets } from "../../../workers/devnet/operatorWallets.js";
import type { FaultNetwork } from "./openFaultNetwork.js";

const FUNDS = parseEther("100");

/**
 * New accounts with funds, one at each of these validators. The operator that pays has its worker stopped meanwhile, once: it
 * keeps count of its transactions by itself, and takes seconds to start again.
 */
export async function fundedWallets(net: FaultNetwork, validators: readonly number[]): Promise<Wallet[]> {
  const [payer] = await operatorWallets(net.folder, net.network);
  const [worker] = net.workers;
  const from = payer!.connect(net.over(1));
  const wallets = validators.map((one) => new Wallet(Wallet.createRandom().privateKey, net.over(one)));
  await worker!.stop();
  const sent = [];
  for (const { address } of wallets) sent.push(await from.sendTransaction({ to: address, value: FUNDS }));
  for (const one of sent) await one.wait();
  worker!.start();
  return wallets;
}
