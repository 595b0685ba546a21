import type { Signer } from "ethers";
import {
  type ProjectionLedger,
  ProjectionLedger__factory,
  type ProjectionModel,
  ProjectionModel__factory,
} from "../../typechain-types/index.js";
import type { IProjectionLedger, ISlotLedger } from "../../typechain-types/projection/ProjectionLedger.js";

/** Deploys the models of the projection mode; the operators get seats in their order. */
export async function deployModels(operators: readonly Signer[]): Promise<ProjectionModel> {
  const accounts = await Promise.all(operators.map((operator) => operator.getAddress()));
  const models = await new ProjectionModel__factory(operators[0]!).deploy(accounts);
  await models.waitForDeployment();
  return models;
}

/** What the operators agree on. */
export interface ProjectionTerms {
  readonly deposit: bigint;
  readonly clock: IProjectionLedger.ClockStruct;
  readonly terms: ISlotLedger.TermsStruct;
}

/** Deploys the ledger of Algorithm 1; a model has to be in force at its first slot. */
export async function deployPrintedLedger(
  deployer: Signer,
  models: ProjectionModel,
  { deposit, clock, terms }: ProjectionTerms,
): Promise<ProjectionLedger> {
  const ledger = await new ProjectionLedger__factory(deployer).deploy(models, deposit, clock, terms);
  await ledger.waitForDeployment();
  return ledger;
}
