import { tasks } from "hardhat";
import type { TaskResult } from "../../tasks/support/userTask.js";

/** What a task printed, and how it ended. */
export interface TaskRun {
  readonly stdout: string;
  readonly stderr: string;
  /** The one-line message of a failure; undefined if the task succeeded. */
  readonly error: string | undefined;
}

/** Runs a task in this process, on the network that all tasks of this process share. */
export async function runTask(path: string, args: Record<string, unknown> = {}): Promise<TaskRun> {
  const written = { stdout: "", stderr: "" };
  const restore = (["stdout", "stderr"] as const).map((name) => {
    const original = process[name].write.bind(process[name]);
    process[name].write = (text: string | Uint8Array) => {
      written[name] += String(text);
      return true;
    };
    return () => void (process[name].write = original);
  });
  try {
    const result = (await tasks.getTask(path.split(" ")).run(args)) as TaskResult;
    return { ...written, error: result.success ? undefined : result.error };
  } finally {
    for (const undo of restore) undo();
  }
}

/** Runs a task that must succeed, and reads what it gives as JSON. */
export async function jsonOf<T>(path: string, args: Record<string, unknown> = {}): Promise<T> {
  const { stdout, stderr, error } = await runTask(path, { ...args, json: "-" });
  if (error !== undefined) throw new Error(`${path}: ${error}\n${stderr}`);
  return JSON.parse(stdout) as T;
}
