import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Asks at the terminal for a line that is not shown while it is typed. The question goes to standard error. */
export async function readHiddenLine(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once("line", resolve);
      reader.once("close", () => reject(new Error("no password was entered")));
    });
  } finally {
    reader.close();
    process.stderr.write("\n");
  }
}
