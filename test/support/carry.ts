import type { Signer } from "ethers";
import type { Governance } from "../../typechain-types/index.js";
import type { IGovernance } from "../../typechain-types/consortium/Governance.js";
import { testVoting } from "./testVoting.js";

/** Moves time on by seconds. */
export interface Clock {
  increase(seconds: number): Promise<unknown>;
}

/** A proposal, as its calls come again when it is executed. */
export interface Proposed {
  readonly id: bigint;
  readonly calls: IGovernance.CallStruct[];
}

/** Proposes calls as a member. */
export async function proposed(
  governance: Governance,
  by: Signer,
  calls: IGovernance.CallStruct[],
  reason = "",
): Promise<Proposed> {
  const mine = governance.connect(by);
  const id = await mine.propose.staticCall(calls, reason);
  await mine.propose(calls, reason);
  return { id, calls };
}

/** Proposes calls, has these members vote for them, and waits until they may be executed. */
export async function carried(
  governance: Governance,
  clock: Clock,
  voters: readonly Signer[],
  calls: IGovernance.CallStruct[],
): Promise<Proposed> {
  const made = await proposed(governance, voters[0]!, calls);
  for (const voter of voters) await governance.connect(voter).vote(made.id, true);
  await clock.increase(testVoting.delaySeconds);
  return made;
}

/** As `carried`, and executes them. */
export async function carry(
  governance: Governance,
  clock: Clock,
  voters: readonly Signer[],
  calls: IGovernance.CallStruct[],
): Promise<void> {
  const { id } = await carried(governance, clock, voters, calls);
  await governance.connect(voters[0]).execute(id, calls);
}
