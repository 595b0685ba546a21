import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Provider } from "ethers";
import { ChainDataError } from "./errors.js";
import type { Founding } from "./foundersFile.js";

/** What a deployment was begun with. */
export interface Begun {
  readonly deployer: string;
  /** Number of the block before the first contract. */
  readonly fromBlock: number;
  /** Start of the first slot, unix seconds. */
  readonly genesis: number;
  /** What was asked for: JSON, integers beyond 2⁵³ as strings. */
  readonly founding: unknown;
}

/**
 * The name of the journal of a deployment: bound to the chain by its genesis block, so that a network that was made anew
 * has another, and to the file that the addresses go to.
 */
export async function journalName(provider: Provider, file: string): Promise<string> {
  const genesis = (await provider.getBlock(0))!.hash!;
  const mark = createHash("sha256").update(file).digest("hex");
  return `gridproof-${genesis.slice(2, 14)}-${mark.slice(0, 8)}`;
}

/** A deployment that may have been cut short: its journal, and what it was begun with. */
export class FoundingJournal {
  readonly #file: string;

  /** @param folder Where the journal is kept. */
  constructor(readonly folder: string) {
    this.#file = join(folder, "founding.json");
  }

  /** What was begun and not finished; undefined if nothing was. */
  begun(): Begun | undefined {
    return existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, "utf8")) as Begun) : undefined;
  }

  /**
   * Writes down what is to be deployed, or takes up what was begun with the same.
   *
   * @param latest The newest block: what is begun now is found after it, and its first slot starts with it if the founders
   * name no other time.
   * @throws ChainDataError if something else was begun.
   */
  begin(deployer: string, founding: Founding, latest: { number: number; timestamp: number }): Begun {
    const asked: Begun = {
      deployer,
      fromBlock: latest.number,
      genesis: founding.clock.genesis ?? latest.timestamp,
      founding: plain(founding),
    };
    const before = this.begun();
    if (before !== undefined) {
      if (before.deployer !== deployer || !isDeepStrictEqual(before.founding, asked.founding)) {
        throw new ChainDataError(
          `${this.folder}: a deployment by another account, or of other founders or terms, was begun and not finished; ` +
            "run it again as it was begun, or use --force to begin anew",
        );
      }
      return before;
    }
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(asked, undefined, 2)}\n`);
    renameSync(`${this.#file}.new`, this.#file);
    return asked;
  }

  /**
   * Whether the chain lacks a contract that the journal names: another chain began with the same genesis block.
   */
  async isStale(provider: Provider): Promise<boolean> {
    const file = join(this.folder, "deployed_addresses.json");
    if (!existsSync(file)) return false;
    const addresses = Object.values(JSON.parse(readFileSync(file, "utf8")) as Record<string, string>);
    const codes = await Promise.all(addresses.map(async (address) => await provider.getCode(address)));
    return codes.includes("0x");
  }

  delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function plain(founding: Founding): unknown {
  const text = JSON.stringify(founding, (_, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  return JSON.parse(text) as unknown;
}
