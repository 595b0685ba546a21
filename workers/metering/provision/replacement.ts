import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { hexlify } from "ethers";
import { z } from "zod";
import { ProvisionError } from "./errors.js";
import { writePrivate } from "./secretFiles.js";

const schema = z
  .object({
    /** Address of the party that is lost. */
    lost: z.string(),
    /** Salt of the party that takes its place. */
    salt: z.string(),
    /** Names of the files that are its own. */
    aside: z.array(z.string()),
  })
  .strict();

/** The replacement of a lost MDMS or concentrator. */
export type Replacement = z.infer<typeof schema>;

/**
 * Moves the files of a lost party out of the way, under names that end in its address. A journal beside them, which stays until
 * the replacement is done, names them first: killed anywhere, the next call goes on with the same replacement.
 *
 * @param journal the caller removes it at the end.
 * @param files those of them that are not there are left out.
 * @param lost asked for the address of the lost party, where the replacement begins.
 * @throws ProvisionError
 */
export async function beginReplacement(
  journal: string,
  files: readonly string[],
  lost: () => Promise<string> | string,
): Promise<Replacement> {
  if (!existsSync(journal)) {
    const begun: Replacement = {
      lost: await lost(),
      salt: hexlify(randomBytes(32)),
      aside: files.filter((file) => existsSync(file)).map((file) => basename(file)),
    };
    writePrivate(journal, `${JSON.stringify(begun)}\n`);
  }
  const replacement = read(journal);
  for (const name of replacement.aside) {
    const file = join(dirname(journal), name);
    const away = `${file}.${replacement.lost}`;
    // Once it is away, what stands in its place is new.
    if (!existsSync(away)) renameSync(file, away);
  }
  return replacement;
}

function read(journal: string): Replacement {
  try {
    return schema.parse(JSON.parse(readFileSync(journal, "utf8")));
  } catch {
    throw new ProvisionError(`${journal}: no journal of a replacement`);
  }
}
