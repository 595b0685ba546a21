const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** Whether a host is this machine alone, to which passwords may go in clear. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host);
}
