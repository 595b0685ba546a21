import { network } from "hardhat";

/**
 * The network that the tasks of this process use, its time the present, as is that of programs.
 *
 * @returns its provider, and how to leave the network as it was: the suites that come after have a time of their own.
 */
export async function presentChain() {
  const { provider, networkHelpers } = await network.getOrCreate();
  const before = await provider.request({ method: "evm_snapshot" });
  await networkHelpers.time.increaseTo(Math.floor(Date.now() / 1_000));
  return {
    provider,
    leave: async (): Promise<void> => {
      await provider.request({ method: "evm_setIntervalMining", params: [0] });
      await provider.request({ method: "evm_revert", params: [before] });
    },
  };
}
