/** An address cannot be served at: it is taken, not allowed or not of this machine. */
export class HttpAddressError extends Error {
  override readonly name = "HttpAddressError";
  constructor(
    readonly host: string,
    readonly port: number,
    /** The system's: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
    readonly code: string,
  ) {
    super(`cannot serve HTTP at ${host}, port ${port}: ${REASONS[code] ?? code}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program has it (EADDRINUSE)",
  EACCES: "not allowed (EACCES)",
  EADDRNOTAVAIL: "this machine has no such address (EADDRNOTAVAIL)",
  ENOTFOUND: "there is no such host (ENOTFOUND)",
};
