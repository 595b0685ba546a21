import { DevnetError } from "../../workers/devnet/errors.js";
import { findGeth } from "../../workers/devnet/findGeth.js";

/** The geth to test with; undefined, with a line that says so, where none can be found or built. */
export async function openGeth(): Promise<string | undefined> {
  try {
    return await findGeth(process.env, say);
  } catch (error) {
    if (!(error instanceof DevnetError)) throw error;
    say(`skipped: ${error.message}`);
    return undefined;
  }
}

function say(text: string): void {
  process.stdout.write(`    ${text}\n`);
}
