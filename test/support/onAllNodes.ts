import { JsonRpcProvider } from "ethers";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { within } from "./within.js";

/** Only what is hopeless takes that long. */
const PATIENCE_SECONDS = 100;

/**
 * Waits until all nodes of a network on this machine have one newest block, and nothing that its operators sent still waits
 * for one: what an operator's own node had in a block another node does not have at once, and may never have in that one.
 *
 * @param folder The network's.
 */
export async function onAllNodes(folder: string): Promise<void> {
  const { validators, operators, chainId } = readNetwork(folder);
  const nodes = validators.map(
    ({ rpcPort }) =>
      new JsonRpcProvider(`http://127.0.0.1:${rpcPort}`, chainId, { cacheTimeout: -1, staticNetwork: true }),
  );
  try {
    await within(PATIENCE_SECONDS, "all nodes have what was sent", async () => {
      const seen = await Promise.all(
        nodes.map(async (node) => {
          const waiting = await Promise.all(
            operators.map(
              async ({ address }) =>
                (await node.getTransactionCount(address, "pending")) -
                (await node.getTransactionCount(address, "latest")),
            ),
          );
          return { hash: (await node.getBlock("latest"))!.hash, waits: waiting.some((count) => count !== 0) };
        }),
      );
      return seen.every(({ hash, waits }) => hash === seen[0]!.hash && !waits);
    });
  } finally {
    for (const node of nodes) node.destroy();
  }
}
