import { DevnetError } from "./errors.js";
import { httpConnection } from "./http.js";

/**
 * Whether a port serves JSON-RPC of a chain.
 *
 * @param genesis Hash of its genesis block.
 * @returns false while nobody answers.
 * @throws DevnetError if what answers is of another chain.
 */
export async function servesChain(
  { host, port }: { readonly host: string; readonly port: number },
  chainId: number,
  genesis: string,
): Promise<boolean> {
  const node = httpConnection(`http://${host}:${port}`);
  const found = await Promise.all([
    node.call<unknown>("eth_chainId"),
    node.call<{ readonly hash?: unknown } | null>("eth_getBlockByNumber", ["0x0", false]),
  ]).catch(() => undefined);
  if (found === undefined) return false;
  const [chain, first] = found;
  if (Number(chain) === chainId && first?.hash === genesis) return true;
  throw new DevnetError(
    `port ${port} serves another chain: number ${Number(chain)}, genesis block ${String(first?.hash)}; another program has the port`,
  );
}
