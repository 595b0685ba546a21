import { isError } from "ethers";
import { revertReason } from "../../workers/chain/revertReason.js";
import { isNodeDown } from "../../workers/chain/isNodeDown.js";

/** Errors whose message is one line for the user: bad files, bad keys, what cannot be computed, and so on. */
const FOR_USERS = new Set([
  "UserError",
  "DemoArgumentError",
  "IncentiveArgumentError",
  "GridFileError",
  "GridModelError",
  "VersionError",
  "ProjectionError",
  "FactorError",
  "PlacementError",
  "DevnetError",
  "FinalityPeerError",
  "FinalityJournalError",
  "ChainDataError",
  "ValuesFileError",
  "NotObservableError",
  "IllConditionedError",
  "CriticalMeterError",
  "NoSuspectError",
  "KeyFileExposedError",
  "KeyMissingError",
  "KeyInvalidError",
  "WorkerConfigError",
  "StoreLockedError",
  "StoreForeignError",
  "StoreTooNewError",
  "StoreBackupError",
  "HttpAddressError",
  "NotAnOperatorError",
  "WrongChainError",
  "UnknownMeterError",
  "AmbiguousMeterError",
  "DatabaseForeignError",
  "ProvisionError",
  "DatabaseLostError",
  "DatabaseUnavailableError",
  "InstallationError",
  "OccupancyError",
  "MeterListError",
  "MdmsKeystoreError",
  "MdmsForeignError",
  "FleetPasswordError",
  "CredentialsError",
  "KeyFileExistsError",
  "ProgramConfigError",
]);

/** Codes of the file system that are the user's to mend. */
const FILE_CODES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "may not be opened",
  EPERM: "may not be opened",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "a part of its path is no folder",
  EROFS: "is on a disk that cannot be written",
  ENOSPC: "the disk is full",
};

/**
 * What to tell the user about an error, in one line; undefined if it is not the user's: a bug, or one of Hardhat's
 * own, which Hardhat shows well.
 */
export function userMessage(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const refusal = revertReason(error);
  if (refusal !== undefined) return `the contract refused: ${refusal.message}`;
  if (FOR_USERS.has(error.name)) return oneLine(error.message);
  if (isNodeDown(error) || isConnectionError(error)) {
    return "the node does not answer: is it running, and is GRIDPROOF_RPC_URL right?";
  }
  if (isError(error, "INSUFFICIENT_FUNDS")) return "the account cannot pay for the gas of this transaction";
  if ("code" in error && typeof error.code === "string") {
    const file = FILE_CODES[error.code];
    if (file !== undefined) {
      return "path" in error && typeof error.path === "string"
        ? `${error.path}: ${file}`
        : oneLine(error.message);
    }
    if ("shortMessage" in error) return oneLine(String(error.shortMessage));
  }
  return undefined;
}

/** Hardhat's own error for a node that it cannot reach. */
function isConnectionError(error: Error): boolean {
  return error.name === "HardhatError" && /cannot connect to the network/i.test(error.message);
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, " ");
}
