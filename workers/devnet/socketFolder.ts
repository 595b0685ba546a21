import { lstatSync, mkdirSync } from "node:fs";
import { DevnetError } from "./errors.js";

/**
 * Makes the folder of a network's sockets, for its owner alone, unless it is there. Who can write there could put a node of
 * its own in a socket's place, or use the nodes' accounts: a folder that somebody else made or may use is not taken.
 *
 * @throws DevnetError that names the folder.
 */
export function makeSocketFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  if (!found.isDirectory())
    throw new DevnetError(`${path}: is no folder, but the network's sockets go there`);
  if (process.getuid !== undefined && found.uid !== process.getuid())
    throw new DevnetError(
      `${path}: belongs to another user, but the network's sockets go there; have it deleted`,
    );
  const mode = found.mode & 0o777;
  if ((mode & 0o077) !== 0)
    throw new DevnetError(
      `${path}: others may use it (mode ${mode.toString(8)}), but the network's sockets go there; chmod 700 it`,
    );
}
