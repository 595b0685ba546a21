import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { findDeadlock, type NoDeadlock, stillSeconds, type Verdict } from "./deadlock/findDeadlock.js";
import type { Recovery } from "./deadlock/recover.js";
import { finishRecovery, recoverNetwork } from "./deadlock/recoverNetwork.js";
import type { Resent } from "./deadlock/rescue.js";
import { Stillness } from "./deadlock/Stillness.js";
import type { NodeSnapshot } from "./deadlock/types.js";
import type { Engine } from "./engines/types.js";
import { layout } from "./layout.js";
import { ask } from "./nodeState.js";
import type { Network } from "./types.js";

/** What was found, and done. */
export interface Healing {
  readonly verdict: Verdict | { readonly kind: "final engine" };
  readonly recovery: Recovery | undefined;
  /** What an earlier recovery had kept and not sent again. */
  readonly resent: Resent | undefined;
}

const LOOK_MILLISECONDS = 250;

/**
 * Looks whether a network is deadlocked, for as long as it takes to know, and recovers it if it is and all its nodes are on
 * this machine.
 *
 * @param note Told how far it is.
 * @throws DevnetError if another program recovers it, or a node does not come to the winner's head.
 */
export async function heal(
  folder: string,
  network: Network,
  engine: Engine,
  note: (text: string) => void,
): Promise<Healing> {
  const care = engine.deadlocks;
  if (care === undefined)
    return { verdict: { kind: "final engine" }, recovery: undefined, resent: undefined };
  const at = layout(folder);
  const here = network.validators.filter(({ number }) => existsSync(at.validator(number).nodeKey));
  const stillness = new Stillness();
  const look = async (): Promise<NodeSnapshot[]> => {
    const seen = await Promise.all(
      here.map((validator) => ask(engine, validator, at, (node) => care.snapshot(node, validator))),
    );
    return stillness.look(
      seen.filter((one) => one !== undefined),
      performance.now() / 1000,
    );
  };
  const find = (nodes: readonly NodeSnapshot[]): Verdict =>
    findDeadlock(nodes, {
      validators: network.validators.length,
      blockPeriodSeconds: network.blockPeriodSeconds,
      seesAll: here.length === network.validators.length,
    });
  const patience = stillSeconds(network.blockPeriodSeconds);
  const first = await look();
  let nodes = first;
  // What is no deadlock even if nothing moves needs no longer look.
  let verdict = find(nodes.map((node) => ({ ...node, stillSeconds: patience })));
  while (verdict.kind !== "none" && Math.min(...nodes.map((node) => node.stillSeconds)) < patience) {
    note(
      `no new block for ${Math.round(Math.min(...nodes.map((node) => node.stillSeconds)))} of ${patience} s`,
    );
    await pause(LOOK_MILLISECONDS);
    nodes = await look();
    if (!isAsBefore(first, nodes)) {
      verdict = MOVING;
      break;
    }
    verdict = find(nodes.map((node) => ({ ...node, stillSeconds: patience })));
  }
  if (verdict.kind !== "deadlocked") {
    const standsWell = verdict.kind === "none" && WELL.has(verdict.why);
    const resent = standsWell ? await finishRecovery(engine, here, at) : undefined;
    return { verdict, recovery: undefined, resent };
  }
  note("deadlocked; recovering");
  return { verdict, recovery: await recoverNetwork(engine, care, here, at), resent: undefined };
}

/** Where nothing keeps a recovery that was cut short from being ended. */
const WELL: ReadonlySet<NoDeadlock> = new Set(["moving", "one head", "someone may seal"]);

const MOVING = { kind: "none", why: "moving" } as const;

/** Whether the same nodes stand on the same heads. */
function isAsBefore(first: readonly NodeSnapshot[], now: readonly NodeSnapshot[]): boolean {
  return (
    now.length === first.length &&
    now.every(({ number, head }) => first.find((one) => one.number === number)?.head.hash === head.hash)
  );
}
