/** Methods that would use a key which the node holds. Nobody may, over a port. */
const WITH_KEYS = new Set([
  "eth_sign",
  "eth_signTransaction",
  "eth_signTypedData",
  "eth_sendTransaction",
  "eth_fillTransaction",
  "eth_resend",
]);

const NAMESPACES = ["eth_", "net_", "web3_", "txpool_"];

/** Whether the gate passes a method on to the node. */
export function isServed(method: unknown): method is string {
  return (
    typeof method === "string" &&
    !WITH_KEYS.has(method) &&
    NAMESPACES.some((namespace) => method.startsWith(namespace))
  );
}
