/** Methods that would use a key which the node holds. Nobody may, over a port. */
const WITH_KEYS = new Set([
  "eth_sign",
  "eth_signTransaction",
  "eth_signTypedData",
  "eth_sendTransaction",
  "eth_fillTransaction",
  "eth_resend",
]);

/** A subscription would be the gate's own, on the one connection that all callers share, and nobody would hear it. */
const SUBSCRIBING = /_(?:un)?subscribe$/u;

const NAMESPACES = ["eth_", "net_", "web3_", "txpool_"];

/** Whether the gate passes a method on to the node. */
export function isServed(method: unknown): method is string {
  return (
    typeof method === "string" &&
    !WITH_KEYS.has(method) &&
    !SUBSCRIBING.test(method) &&
    NAMESPACES.some((namespace) => method.startsWith(namespace))
  );
}
