/** Progress of a long count on standard error: one line that grows on a terminal, a line for each tenth elsewhere. */
export function counting(what: string): (done: number, of: number) => void {
  return (done, of) => {
    const line = `${what}: ${done} of ${of}`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}${done === of ? "\n" : ""}`);
    else if (Math.floor((10 * done) / of) > Math.floor((10 * (done - 1)) / of))
      process.stderr.write(`${line}\n`);
  };
}
