/** Progress of a long analysis on standard error, where that is a terminal. */
export function counted(what: string, done: number, of: number): void {
  if (process.stderr.isTTY)
    process.stderr.write(`\r\u001B[K${done === of ? "" : `${what}: ${done} of ${of}`}`);
}
