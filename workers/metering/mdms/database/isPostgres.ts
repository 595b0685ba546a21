/** Whether a database is named by a connection string of PostgreSQL, and not by a file. */
export function isPostgres(where: string): boolean {
  return /^postgres(ql)?:\/\//u.test(where);
}
