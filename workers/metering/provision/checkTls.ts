import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { duplexPair } from "node:stream";
import { connect, TLSSocket } from "node:tls";
import { KeyFileExposedError } from "../../crypto/keystore.js";
import { ProvisionError } from "./errors.js";

/** The broker's certificate, PEM files. */
export interface TlsFiles {
  /** The certificate, and those between it and the authority's. */
  readonly certFile: string;
  /** Its key, mode 0600. */
  readonly keyFile: string;
  /** Certificate of the authority; undefined: one that Node.js knows. */
  readonly caFile?: string | undefined;
}

/**
 * Checks that clients which know the authority will believe a broker with this certificate: that files can be read, the key by
 * its owner alone, that they belong together, hold today, and name the host. The last word has a handshake without a network.
 *
 * @param host name or address at which clients reach the broker.
 * @throws ProvisionError, KeyFileExposedError
 */
export async function checkTls({ certFile, keyFile, caFile }: TlsFiles, host: string): Promise<void> {
  const cert = readFileSync(certFile);
  const certificate = parsed(() => new X509Certificate(cert), `${certFile}: no certificate in PEM`);
  const mode = statSync(keyFile).mode & 0o777;
  if ((mode & 0o077) !== 0) throw new KeyFileExposedError(keyFile, mode);
  const key = readFileSync(keyFile);
  const secret: KeyObject = parsed(
    () => createPrivateKey(key),
    `${keyFile}: no private key in PEM that opens without a password`,
  );
  if (!certificate.checkPrivateKey(secret)) {
    throw new ProvisionError(`${keyFile}: is not the key of ${certFile}`);
  }
  const now = Date.now();
  if (now > Date.parse(certificate.validTo)) {
    throw new ProvisionError(`${certFile}: held until ${certificate.validTo}`);
  }
  if (now < Date.parse(certificate.validFrom)) {
    throw new ProvisionError(`${certFile}: holds from ${certificate.validFrom} on`);
  }
  const ca = caFile === undefined ? undefined : readFileSync(caFile);
  if (ca !== undefined) parsed(() => new X509Certificate(ca), `${caFile}: no certificate in PEM`);
  const refusal = await handshake(cert, key, ca, host);
  if (refusal !== undefined) {
    throw new ProvisionError(`${certFile}: clients of ${host} would not believe it: ${refusal.message}`);
  }
}

function parsed<Result>(parse: () => Result, otherwise: string): Result {
  try {
    return parse();
  } catch {
    throw new ProvisionError(otherwise);
  }
}

/** Why a client refuses a server with this certificate; undefined if it does not. */
async function handshake(
  cert: Buffer,
  key: Buffer,
  ca: Buffer | undefined,
  host: string,
): Promise<Error | undefined> {
  const [near, far] = duplexPair();
  const server = new TLSSocket(far, { isServer: true, cert, key });
  server.on("error", () => undefined);
  const client = connect({
    socket: near,
    host,
    servername: isIP(host) === 0 ? host : "",
    ...(ca === undefined ? {} : { ca }),
  });
  try {
    return await new Promise<Error | undefined>((done) => {
      client.once("secureConnect", () => done(undefined));
      client.once("error", done);
    });
  } finally {
    client.destroy();
    server.destroy();
  }
}
