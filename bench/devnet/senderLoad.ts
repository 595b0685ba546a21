import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { processSeconds } from "../metering/processSeconds.js";
import type { Load } from "./loadRate.js";
import type { SenderAnswer, SenderOrder } from "./senderProgram.js";
import type { Sender } from "./signedLoad.js";

const PROGRAM = fileURLToPath(new URL("senderProgram.ts", import.meta.url));

/** A load whose processor time can be told. */
export interface SenderLoad extends Load {
  /** Seconds that the senders have taken, their start included. */
  cpuSeconds(): number;
}

/**
 * Transfers by the product's sender, a program for each account as in the product: journalled on disk, signed, sent and
 * looked after.
 *
 * @param folder Where the journals are.
 * @param urls Where each sender sends to.
 * @param depth Blocks above a transaction's own by which it is confirmed.
 * @throws what a program says, if one fails.
 */
export async function withSenderLoad<T>(
  folder: string,
  chainId: number,
  senders: readonly Sender[],
  urls: readonly string[],
  depth: number,
  use: (load: SenderLoad) => Promise<T>,
): Promise<T> {
  const programs = senders.map(() =>
    fork(PROGRAM, { execArgv: ["--import", "tsx"], env: { ...process.env, NODE_OPTIONS: "" } }),
  );
  const tellAll = async (order: (i: number) => SenderOrder): Promise<number[]> =>
    await Promise.all(programs.map(async (one, i) => await tell(one, order(i))));
  try {
    await tellAll((i) => ({
      order: "start",
      terms: {
        database: join(folder, `sender-${i + 1}.db`),
        url: urls[i]!,
        chainId,
        privateKey: senders[i]!.wallet.privateKey,
        to: senders[(i + 1) % senders.length]!.wallet.address,
        depth,
      },
    }));
    return await use({
      send: async (deadline) => {
        const sent = await tellAll(() => ({ order: "send", deadline }));
        for (const [i, count] of sent.entries()) senders[i]!.nonce += count;
        return sent.reduce((sum, one) => sum + one, 0);
      },
      drain: async () => void (await tellAll(() => ({ order: "drain" }))),
      cpuSeconds: () => programs.reduce((sum, { pid }) => sum + processSeconds(pid), 0),
    });
  } finally {
    await Promise.all(programs.map(end));
  }
}

/** @returns how many it has sent. */
async function tell(program: ChildProcess, order: SenderOrder): Promise<number> {
  const gone = new AbortController();
  const exit = once(program, "exit", { signal: gone.signal }).then(() => {
    throw new Error("a sender's program ended");
  });
  const message = once(program, "message", { signal: gone.signal });
  program.send(order);
  try {
    const [answer] = (await Promise.race([message, exit])) as [SenderAnswer];
    if ("error" in answer) throw new Error(`a sender: ${answer.error}`);
    return answer.sent;
  } finally {
    exit.catch(() => undefined);
    message.catch(() => undefined);
    gone.abort();
  }
}

async function end(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const gone = once(program, "exit");
  program.kill("SIGKILL");
  await gone;
}
