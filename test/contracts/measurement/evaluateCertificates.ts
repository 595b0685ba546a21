import { hexlify } from "ethers";
import { network } from "hardhat";
import { packRecords } from "../../../workers/grid/version/packRecords.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { packAngles, packBatch } from "../../../workers/measurement/packValues.js";

/** What a settler submits, and what all meters read; angles by tree record. */
export interface Submission {
  readonly values: ArrayLike<number>;
  readonly angles: ArrayLike<number>;
}

/** What the contract says of it. `shares` is empty where J is out of all proportion. */
export interface Verdict {
  readonly objective: bigint;
  readonly overStatement: bigint;
  readonly shares: readonly bigint[];
}

/** Enough to store and read the largest version within one call. */
const MUCH_GAS = 2_000_000_000;

/** A function that has the contract evaluate submissions against a version. */
export async function certificateHarness() {
  const { ethers } = await network.create({ override: { blockGasLimit: MUCH_GAS } });
  const harness = await ethers.deployContract("CertificateHarness");
  return async (records: VersionRecords, submissions: readonly Submission[]): Promise<Verdict[]> => {
    const result: unknown = await harness.getFunction("evaluate").staticCall(
      records.geometry,
      packRecords(records).map((chunk) => hexlify(chunk)),
      submissions.map(({ values }) => hexlify(packBatch(values))),
      submissions.map(({ angles }) => hexlify(packAngles(angles))),
      { gasLimit: MUCH_GAS },
    );
    return (result as Verdict[]).map(({ objective, overStatement, shares }) => ({
      objective,
      overStatement,
      shares: [...shares],
    }));
  };
}
