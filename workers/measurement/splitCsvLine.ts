/**
 * The fields of one line of CSV (RFC 4180, quoted fields included, except that a field cannot hold a line break),
 * trimmed.
 *
 * @returns undefined if a quote is left open or stands where none may.
 */
export function splitCsvLine(line: string, delimiter: string): string[] | undefined {
  const fields: string[] = [];
  let position = 0;
  for (;;) {
    while (line[position] === " " || line[position] === "\t") position++;
    let field: string;
    if (line[position] === '"') {
      field = "";
      let from = position + 1;
      for (;;) {
        const quote = line.indexOf('"', from);
        if (quote < 0) return undefined;
        field += line.slice(from, quote);
        if (line[quote + 1] !== '"') {
          position = quote + 1;
          break;
        }
        field += '"';
        from = quote + 2;
      }
      while (line[position] === " " || line[position] === "\t") position++;
      if (position < line.length && line[position] !== delimiter) return undefined;
    } else {
      const end = line.indexOf(delimiter, position);
      field = line.slice(position, end < 0 ? undefined : end).trim();
      if (field.includes('"')) return undefined;
      position = end < 0 ? line.length : end;
    }
    fields.push(field);
    if (position >= line.length) return fields;
    position++;
  }
}
