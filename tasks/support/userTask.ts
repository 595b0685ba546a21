import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { errorResult, successfulResult } from "hardhat/utils/result";
import { checkOutputFolders } from "./checkOutputFolders.js";
import { userMessage } from "./userMessage.js";

/** What a task returns: Hardhat exits with 1 if it failed. */
export type TaskResult =
  { readonly success: true; readonly value: undefined } | { readonly success: false; readonly error: string };

/**
 * A task's action that shows what the user can mend as one line on standard error. All other errors go on to
 * Hardhat. It starts only if the folders of the files it is to write exist, or it makes them itself.
 */
export function userTask<Arguments extends object>(
  action: (args: Arguments, hre: HardhatRuntimeEnvironment) => Promise<void>,
  { makesFolders = false } = {},
): (args: Arguments, hre: HardhatRuntimeEnvironment) => Promise<TaskResult> {
  return async (args, hre) => {
    try {
      if (!makesFolders) checkOutputFolders(args);
      await action(args, hre);
      return successfulResult();
    } catch (error) {
      const message = userMessage(error);
      if (message === undefined) throw error;
      process.stderr.write(`gridproof: ${message}\n`);
      return errorResult(message);
    }
  };
}
