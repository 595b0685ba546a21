import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DeadlockCare, Engine, NodeConnection } from "../engines/types.js";
import { DevnetError } from "../errors.js";
import type { Layout } from "../layout.js";
import { ask } from "../nodeState.js";
import type { Validator } from "../types.js";
import { lockRecovery } from "./lockRecovery.js";
import type { Recovery } from "./recover.js";
import { resendRescued, type Resent } from "./rescue.js";

/**
 * Recovers a network whose nodes all run on this machine, as far as they answer.
 *
 * @throws DevnetError if another program does, or a node does not come to the winner's head.
 * @throws RpcError if a node goes away.
 */
export async function recoverNetwork(
  engine: Engine,
  care: DeadlockCare,
  validators: readonly Validator[],
  at: Layout,
): Promise<Recovery> {
  const unlock = lockRecovery(at.recoveryLock);
  if (unlock === undefined) throw new DevnetError("another program is recovering this network");
  const opened: NodeConnection[] = [];
  try {
    const parties = await Promise.all(
      validators.map(async (validator) => {
        const node = await engine.connect(validator, at).catch(() => undefined);
        if (node === undefined) return undefined;
        opened.push(node);
        const { head } = await care.snapshot(node, validator);
        return { name: validator.name, head, node };
      }),
    );
    return await care.recover(
      parties.filter((party) => party !== undefined),
      { branch: join(at.sockets, "branch.rlp"), rescued: at.rescued },
    );
  } finally {
    for (const node of opened) node.close();
    unlock();
  }
}

/**
 * Ends what a recovery began that was cut short, once the network stands well again: sends what it had kept, and has every
 * node seal that it may have told to stop.
 *
 * @returns undefined if there is nothing to end, or another program is at it.
 */
export async function finishRecovery(
  engine: Engine,
  validators: readonly Validator[],
  at: Layout,
): Promise<Resent | undefined> {
  if (!existsSync(at.rescued) && !existsSync(at.recoveryLock)) return undefined;
  const unlock = lockRecovery(at.recoveryLock);
  if (unlock === undefined) return undefined;
  let resent: Resent | undefined;
  try {
    for (const validator of validators) {
      await ask(engine, validator, at, async (node) => {
        resent ??= await resendRescued(at.rescued, node);
        await engine.seal(node);
      });
    }
  } finally {
    unlock();
  }
  return resent;
}
