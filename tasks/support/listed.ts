/** `bus 7`, or `3 buses 4, 7, 8`; of very many the first, and how many more there are. */
export function listed(one: string, many: string, names: readonly (string | number)[]): string {
  const most = 40;
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.length === 1 ? one : `${names.length} ${many}`} ${names.slice(0, most).join(", ")}${more}`;
}
