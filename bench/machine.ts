import { cpus } from "node:os";

/** What absolute figures were measured on. */
export function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.version}`;
}
