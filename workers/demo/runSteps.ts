import { Listr } from "listr2";

/** A part of a long job. */
export interface Step {
  readonly title: string;
  /**
   * @param note Told what is being done.
   * @returns What came out, in a few words, to be shown with the title.
   */
  readonly run: (note: (text: string) => void) => Promise<string>;
}

/** Where progress is shown. */
export interface Terminal {
  readonly isTTY: boolean;
  /** Writes one line; used where there is no terminal to draw on. */
  readonly line: (text: string) => void;
}

/** Runs steps one after another and shows how far they are: drawn on a terminal, else in plain lines. */
export async function runSteps(steps: readonly Step[], terminal: Terminal): Promise<void> {
  if (!terminal.isTTY) {
    for (const { title, run } of steps) {
      terminal.line(`${title} …`);
      terminal.line(`  ${await run((text) => terminal.line(`  ${text}`))}`);
    }
    return;
  }
  const list = new Listr(
    steps.map(({ title, run }) => ({
      title,
      task: async (_: unknown, task: { output: string; title: string }) => {
        const result = await run((text) => {
          task.output = text;
        });
        task.title = `${title}: ${result}`;
      },
    })),
  );
  await list.run();
}
