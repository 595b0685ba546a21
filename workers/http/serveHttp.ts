import { serve } from "@hono/node-server";
import type { Hono } from "hono";
import { HttpAddressError } from "./errors.js";

/** Where a program serves HTTP. */
export interface HttpAddress {
  /** Loopback unless the operator says otherwise. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

/** A server that runs. */
export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves routes until closed.
 *
 * @throws HttpAddressError if the address cannot be had, with the system's `code`.
 */
export function serveHttp(app: Hono, { host, port }: HttpAddress): Promise<HttpServer> {
  return new Promise((opened, refused) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      refused(error.code === undefined ? error : new HttpAddressError(host, port, error.code));
    const server = serve({ fetch: app.fetch, hostname: host, port }, (bound) => {
      server.off("error", fail);
      const name = host.includes(":") ? `[${host}]` : host;
      opened({
        url: `http://${name}:${bound.port}`,
        close: () =>
          new Promise((closed, failed) => {
            server.close((error) => (error === undefined || error === null ? closed() : failed(error)));
            if ("closeAllConnections" in server) server.closeAllConnections();
          }),
      });
    });
    server.once("error", fail);
  });
}
