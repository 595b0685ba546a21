import { serve } from "@hono/node-server";
import type { Hono } from "hono";

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
 * @throws the system's error if the address cannot be had, with its `code` (EADDRINUSE, EACCES).
 */
export function serveHttp(app: Hono, { host, port }: HttpAddress): Promise<HttpServer> {
  return new Promise((opened, refused) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (bound) => {
      server.off("error", refused);
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
    server.once("error", refused);
  });
}
