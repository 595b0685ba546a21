import { statSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname } from "node:path";
import { isMeasurementFile } from "./listSources.js";

/** A watch that can be ended. */
export interface SourceWatch {
  close(): void;
}

/**
 * Calls `changed` soon after something changes at a file or in a folder. It is a hint that saves waiting: file systems
 * may swallow events (network mounts do), so that callers also look by themselves every now and then. A path that does
 * not exist is not watched.
 */
export function watchSource(path: string, changed: () => void): SourceWatch {
  let watcher: FSWatcher | undefined;
  try {
    // A file is watched through its folder: replaced by another of its name, it would be lost from sight.
    const isFolder = statSync(path).isDirectory();
    watcher = watch(isFolder ? path : dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || (isFolder ? isMeasurementFile(name) : name === basename(path))) changed();
    });
    watcher.on("error", () => watcher?.close());
  } catch {
    watcher = undefined;
  }
  return { close: () => watcher?.close() };
}
