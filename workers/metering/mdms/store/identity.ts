import type { Database, Session } from "../database/types.js";

/** The database belongs to another chain, contract or MDMS. */
export class MdmsForeignError extends Error {
  override readonly name = "MdmsForeignError";
  constructor(key: string, has: string, wants: string) {
    super(`the database belongs to ${key} ${has}, not ${wants}; give this MDMS a database of its own`);
  }
}

/** Writes into a new database whom it belongs to, and holds a later opener to it. @throws MdmsForeignError */
export async function bindMdms(
  database: Database,
  identity: Readonly<Record<string, string>>,
): Promise<void> {
  await database.transaction(async (session) => {
    for (const [name, value] of Object.entries(identity)) {
      await session.run(
        "INSERT INTO identity (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        name,
        value.toLowerCase(),
      );
      const [row] = await session.all<{ value: string }>("SELECT value FROM identity WHERE name = $1", name);
      if (row?.value !== value.toLowerCase())
        throw new MdmsForeignError(name, row?.value ?? "nothing", value);
    }
  });
}

/** What a database belongs to, by name; undefined before it was bound. */
export async function boundTo(session: Session, name: string): Promise<string | undefined> {
  const [row] = await session.all<{ value: string }>("SELECT value FROM identity WHERE name = $1", name);
  return row?.value;
}
