import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

/** Where the files of a network lie. */
export interface Layout {
  readonly root: string;
  readonly network: string;
  readonly genesis: string;
  /** Short, since the path of a socket may have 104 bytes. */
  readonly sockets: string;
  /** What the keeper says. */
  readonly keeperLog: string;
  /** Names the program that is recovering the network from a deadlock. */
  readonly recoveryLock: string;
  /** Transactions that a recovery has yet to send again. */
  readonly rescued: string;
  readonly validator: (number: number) => ValidatorLayout;
  readonly operatorKeystore: (number: number) => string;
  readonly operatorPassword: (number: number) => string;
}

/** Where the files of one validator lie. */
export interface ValidatorLayout {
  readonly data: string;
  readonly keystore: string;
  readonly password: string;
  readonly nodeKey: string;
  readonly config: string;
  readonly log: string;
  readonly socket: string;
}

/** Where the sockets are in a folder that was carried to its machine: its path is not known where it is made. */
export const CARRIED_SOCKETS = "sockets";

/** The files of the network in a folder, which has one place by whatever links it is named: what runs is found by it. */
export function layout(folder: string): Layout {
  const root = realPath(resolve(folder));
  const carried = join(root, CARRIED_SOCKETS);
  const mark = createHash("sha256").update(root).digest("hex").slice(0, 12);
  const sockets = existsSync(carried) ? carried : join(tmpdir(), `gridproof-${mark}`);
  return {
    root,
    network: join(root, "network.json"),
    genesis: join(root, "genesis.json"),
    sockets,
    keeperLog: join(root, "keeper.log"),
    recoveryLock: join(root, "recovery.lock"),
    rescued: join(root, "rescued.json"),
    validator: (number) => {
      const data = join(root, `validator-${number}`);
      return {
        data,
        keystore: join(data, "keystore", "sealer.json"),
        password: join(data, "password"),
        nodeKey: join(data, "geth", "nodekey"),
        config: join(data, "config.toml"),
        log: join(data, "node.log"),
        socket: join(sockets, `${number}.ipc`),
      };
    },
    operatorKeystore: (number) => join(root, "operators", `operator-${number}.json`),
    operatorPassword: (number) => join(root, "operators", `operator-${number}.password`),
  };
}

/** A path without links in it, as far as it exists. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(realPath(parent), basename(path));
}
