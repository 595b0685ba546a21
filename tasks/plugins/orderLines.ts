/** A line of a list of contracts: an overload for one, or an export of one. */
const OF_A_CONTRACT = /^(?:\w+\(name: '|export (?:type )?\{ \w+ \} from ')/u;

/** Sorts each run of lines that list contracts; all else stays where it is. */
export function orderLines(text: string): string {
  const ordered: string[] = [];
  let run: string[] = [];
  for (const line of [...text.split("\n"), undefined]) {
    const listed = line?.trim();
    if (listed !== undefined && OF_A_CONTRACT.test(listed)) {
      run.push(listed);
      continue;
    }
    ordered.push(...run.sort());
    run = [];
    if (line !== undefined) ordered.push(line);
  }
  return ordered.join("\n");
}
