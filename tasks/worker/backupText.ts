import { facts } from "../../workers/report/table.js";
import type { BackupSummary } from "../../workers/store/checkBackup.js";

/** What a backup holds, for a person. */
export function backupText({ identity, block, transactions }: BackupSummary): string {
  return facts([
    ["operator", identity.operator],
    ["chain", identity.chainId],
    ["ledger", identity.ledger],
    ["events known up to block", block],
    ["transactions", transactions],
  ]);
}
