import { type Consortium, type Governance, Governance__factory } from "../../../typechain-types/index.js";

/** The governance that a consortium takes its rules from, used as the consortium is. */
export async function connectGovernance(consortium: Consortium): Promise<Governance> {
  return Governance__factory.connect(await consortium.governance(), consortium.runner);
}
