import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WorkerConfig } from "../../../workers/operator/config.js";
import type { Stage } from "../../../workers/operator/stages.js";
import type { TinyChain } from "./tinyChain.js";

/** What a child says when it comes to a stage. */
export interface StageMessage {
  readonly stage: Stage;
  readonly slot?: number;
  readonly kind?: string;
  readonly block?: number;
}

/** A worker in a process of its own, started again whenever it is killed. */
export interface WatchedWorker {
  readonly database: string;
  readonly measurements: string;
  /** All it logged, over all its lives. */
  readonly logs: { readonly level: number; readonly msg: string; readonly [field: string]: unknown }[];
  /** The stages at which it was killed. */
  readonly kills: string[];
  /** Stops it. @returns the exit code. */
  stop(): Promise<number | null>;
}

const program = fileURLToPath(new URL("workerChild.ts", import.meta.url));

/**
 * Starts the worker of a seat.
 *
 * @param kill asked at each stage; true: it is killed there, with SIGKILL, and started again.
 */
export function watchedWorker(
  chain: TinyChain,
  seat: number,
  folder: string,
  kill: (at: StageMessage) => boolean = () => false,
  settings: Partial<WorkerConfig> = {},
): WatchedWorker {
  const database = join(folder, `seat${seat}.db`);
  const measurements = join(folder, `seat${seat}.csv`);
  const config = join(folder, `seat${seat}.json`);
  writeFileSync(
    config,
    JSON.stringify({
      rpcUrl: `http://127.0.0.1:${chain.port}`,
      chainId: chain.chainId,
      contracts: chain.contracts,
      database,
      measurements,
      pollMilliseconds: 20,
      maxBackoffMilliseconds: 100,
      settleStaggerSeconds: 0,
      logLevel: "debug",
      ...settings,
    }),
  );
  const logs: WatchedWorker["logs"] = [];
  const kills: string[] = [];
  let stopping = false;
  let child: ChildProcess;
  /** Settles once the child has said something, and so heeds SIGTERM, or is gone by itself. */
  let heard: Promise<unknown>;

  const start = async (): Promise<unknown> => {
    child = fork(program, [config], {
      execArgv: ["--import", "tsx"],
      env: { ...process.env, GRIDPROOF_OPERATOR_KEY: chain.keys[seat]! },
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    const mine = child;
    let rest = "";
    mine.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) logs.push(JSON.parse(line) as WatchedWorker["logs"][number]);
    });
    mine.on("message", (message: StageMessage) => {
      if (!stopping && kill(message)) {
        kills.push(`${message.stage} ${message.kind ?? ""}`.trim());
        heard = once(mine, "exit").then(start);
        mine.kill("SIGKILL");
      } else if (mine.connected) {
        mine.send("go");
      }
    });
    return await Promise.race([once(mine.stdout!, "data"), once(mine, "exit")]);
  };
  heard = start();

  return {
    database,
    measurements,
    logs,
    kills,
    stop: async () => {
      stopping = true;
      // What was just killed comes back first, and one that only begins would die of the signal.
      await heard;
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      // With all that it said.
      const closed = once(child, "close");
      child.kill("SIGTERM");
      const [code] = (await closed) as [number | null];
      return code;
    },
  };
}
