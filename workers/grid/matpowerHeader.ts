/** What the comments at the head of a MATPOWER case say about where it comes from. */
export interface MatpowerHeader {
  /** Empty when nothing is said. */
  readonly source: string;
  readonly licence: string;
}

/**
 * Reads library, copyright and licence from the comments above a MATPOWER case, as the IEEE PES power grid
 * library writes them; what is not recognised is left empty, never guessed.
 *
 * @param text The whole file.
 * @param name Name of the case.
 */
export function matpowerHeader(text: string, name: string): MatpowerHeader {
  const end = text.search(/^\s*function\b/m);
  const comments = text
    .slice(0, end === -1 ? 0 : end)
    .replaceAll("%", " ")
    .replaceAll(/\s+/g, " ");
  const library = /(IEEE PES Power Grid Library) - .*? - (v[\d.]+)/.exec(comments);
  const copyright =
    /Copyright \(c\) (?<year>\d{4}) by (?<holder>[^<]*?)(?: <[^>]*>)?(?: Electrical Engineering)? Licensed/.exec(
      comments,
    );
  const parts = [
    library ? `${library[1]} ${library[2]}` : "",
    library ? name.replace(/^pglib_opf_/, "") : "",
    copyright?.groups ? `(c) ${copyright.groups["year"]} ${copyright.groups["holder"]}` : "",
  ];
  return {
    source: parts.filter((part) => part !== "").join(", "),
    licence: /Creative Commons Attribution 4\.0 International/.test(comments) ? "CC BY 4.0" : "",
  };
}
