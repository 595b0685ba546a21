import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { IpcConnection, RpcError, type RpcMessage } from "../ipc.js";
import { answerBatch } from "./answerBatch.js";
import { isDeeper } from "./isDeeper.js";
import { isOwnClient } from "./isOwnClient.js";
import { isServed } from "./served.js";

/** Most bytes of a request: several of the largest transactions at once. */
const MOST_BYTES = 8 * 2 ** 20;
/** Most arrays and objects inside one another: what JSON-RPC asks for needs a few, a stack holds some thousands. */
const MOST_NESTED = 100;
/** Most calls of a batch, and characters of its answers, both as geth has them. */
const MOST_CALLS = 1_000;
const MOST_ANSWERED = 25_000_000;
/** How long a connection is kept that nobody uses, as geth keeps its own: a client that comes back need not open another. */
const IDLE_MILLISECONDS = 120_000;
/** How soon the gate looks for the node again. */
const RETRY_MILLISECONDS = 200;

/** Where a gate stands. */
export interface GateOptions {
  readonly host: string;
  readonly port: number;
  /** The node's local socket. */
  readonly socket: string;
}

/**
 * Serves a node's JSON-RPC over HTTP, but for what would use the node's keys, managing it or looking into it: a
 * validator must keep its sealing account unlocked, and no port may lead to that. While the node is away the port is
 * closed, as it would be if the node served it itself.
 *
 * @param until Ends the gate.
 * @throws the system's error if the port cannot be had.
 */
export async function runGate({ host, port, socket }: GateOptions, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    const node = await IpcConnection.open(socket).catch(() => undefined);
    if (node === undefined) {
      await pause(RETRY_MILLISECONDS, undefined, { signal: until }).catch(() => undefined);
      continue;
    }
    const server = createServer({ keepAliveTimeout: IDLE_MILLISECONDS }, (request, response) => {
      void answer(node, request, response);
    });
    const gone = new Promise<void>((resolve) => {
      node.onClose(resolve);
      until.addEventListener("abort", () => resolve(), { once: true });
    });
    try {
      await listen(server, host, port);
    } catch (error) {
      node.close();
      throw error;
    }
    await gone;
    node.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Answers a request, whatever is in it: the gate stands in a process that must not end. */
async function answer(
  node: IpcConnection,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await bodyOf(request);
    if (!isOwnClient(request.headers)) response.writeHead(403).end();
    else if (request.method !== "POST" || body === undefined)
      response.writeHead(request.method === "POST" ? 413 : 405).end();
    else reply(response, await answerTo(node, body));
  } catch (error) {
    // The node is gone, and the port closes.
    if (error instanceof RpcError || response.headersSent) response.destroy();
    else reply(response, refusal(null, -32_603, "internal error"));
  }
}

/** @returns the answer to a body, as text. */
async function answerTo(node: IpcConnection, body: string): Promise<string> {
  let asked: unknown;
  try {
    asked = JSON.parse(body);
  } catch {
    return refusal(null, -32_700, "parse error");
  }
  if (isDeeper(asked, MOST_NESTED)) return refusal(null, -32_600, `nested more than ${MOST_NESTED} deep`);
  if (!Array.isArray(asked)) return await pass(node, asked as RpcMessage | null);
  if (asked.length === 0) return refusal(null, -32_600, "empty batch");
  if (asked.length > MOST_CALLS)
    return refusal(null, -32_600, `batch too large: more than ${MOST_CALLS} calls`);
  return await answerBatch(
    asked as (RpcMessage | null)[],
    MOST_ANSWERED,
    async (one) => await pass(node, one),
    (one) => refusal(idOf(one) ?? null, -32_003, "response too large"),
  );
}

/** @returns the answer, as text. */
async function pass(node: IpcConnection, message: RpcMessage | null): Promise<string> {
  if (message === null || typeof message !== "object") return refusal(null, -32_600, "invalid request");
  const { method } = message;
  const id = idOf(message);
  if (id === undefined) return refusal(null, -32_600, "invalid id");
  if (method === "eth_accounts") return JSON.stringify({ jsonrpc: "2.0", id, result: [] });
  if (!isServed(method))
    return refusal(
      id,
      -32_601,
      `the method ${typeof method === "string" ? method : JSON.stringify(method)} is not served here`,
    );
  return await node.forward(message);
}

/** @returns a message's id, null if it has none; undefined if it is none that an answer can have. */
function idOf(message: RpcMessage | null): unknown {
  const id = message?.id ?? null;
  return typeof id === "object" && id !== null ? undefined : id;
}

function refusal(id: unknown, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } });
}

function reply(response: ServerResponse, text: string): void {
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** The request's body; undefined if it is too long, or the request breaks off. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let length = 0;
    request.on("data", (part: Buffer) => {
      length += part.length;
      if (length <= MOST_BYTES) parts.push(part);
    });
    request.on("end", () => resolve(length > MOST_BYTES ? undefined : Buffer.concat(parts).toString("utf8")));
    request.on("error", () => resolve(undefined));
    request.on("close", () => resolve(undefined));
  });
}
