import type { ProjectionModel } from "../../typechain-types/index.js";
import type { Progress } from "../chain/gridVersions.js";
import { MAX_TRANSACTION_GAS } from "../chain/limits.js";
import { revertReason } from "../chain/revertReason.js";
import { type Cost, measured } from "./measured.js";

/** How rows are checked: by multiplying, or by Freivalds. */
export type ProjectionCheck = "products" | "freivalds";

/**
 * Has the contract check what it has not checked yet, in as few transactions as the gas limit of one allows. It goes on
 * where the chain stands, so that it can be called again after any interruption.
 *
 * @returns What each transaction of this call cost.
 * @throws what the contract reverts with, for matrices that are wrong.
 */
export async function checkProjection(
  models: ProjectionModel,
  model: bigint,
  check: ProjectionCheck,
  progress: Progress = () => undefined,
): Promise<Cost[]> {
  const known = await models.summary(model);
  const rows = Number(known.states) + Number(known.rows);
  const method = check === "products" ? models.checkProducts : models.checkFreivalds;
  const limit = { gasLimit: MAX_TRANSACTION_GAS };
  const costs: Cost[] = [];
  let first = Number(check === "products" ? known.rowsByProducts : known.rowsByFreivalds);
  let count = rows - first;
  while (first < rows) {
    count = Math.min(count, rows - first);
    while (!(await fits(() => method.staticCall(model, first, count, limit)))) {
      count = Math.ceil(count / 2);
    }
    const from = first;
    const rowsNow = count;
    const cost = await measured(async () => await method(model, from, rowsNow, limit));
    first += count;
    costs.push(cost);
    progress(first, rows, cost.gas);
  }
  return costs;
}

/** Whether a call gets by with the gas of one transaction. A refusal is passed on. */
async function fits(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (revertReason(error) !== undefined || !/gas/iu.test(String(error))) throw error;
    return false;
  }
}
