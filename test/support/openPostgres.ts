import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whom PostgreSQL runs as where the tests run as root, whom it refuses. */
const NOBODY = 65_534;

/** A PostgreSQL server of the test's own, in a temporary folder, reached by its local socket alone. */
export interface TestPostgres {
  /** Creates an empty database. @returns its connection string. */
  create(name: string): string;
  /** Stops it, and starts it again with what it holds. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts one; undefined, with a line that says so, where PostgreSQL is not installed.
 *
 * @param password of its user `gridproof`; without it everybody is let in.
 */
export async function openPostgres(password?: string): Promise<TestPostgres | undefined> {
  const bin = findPrograms();
  if (bin === undefined) {
    process.stdout.write("    skipped: no PostgreSQL here (Debian: apt install postgresql)\n");
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "gridproof-postgres-"));
  const root = process.getuid?.() === 0;
  if (root) chownSync(folder, NOBODY, NOBODY);
  const as = root ? { uid: NOBODY, gid: NOBODY } : {};
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  if (password !== undefined) writeFileSync(passwordFile, `${password}\n`);
  const access = password === undefined ? ["-A", "trust"] : ["-A", "scram-sha-256", "--pwfile", passwordFile];
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "gridproof", ...access, "--no-sync"], {
    ...as,
    cwd: folder,
    stdio: "pipe",
  });
  const serve = (): ChildProcess =>
    spawn(join(bin, "postgres"), ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"], {
      ...as,
      cwd: folder,
      stdio: "ignore",
    });
  let server = serve();
  const psql = (sql: string): void => {
    const args = ["-h", folder, "-U", "gridproof", "-d", "postgres", "-qc", sql];
    execFileSync("psql", args, { stdio: "pipe", env: { ...process.env, PGPASSWORD: password } });
  };
  const halt = async (): Promise<void> => {
    const ended = new Promise((done) => server.once("exit", done));
    // At once: whoever is connected is sent away.
    server.kill("SIGINT");
    await ended;
  };
  const ready = async (): Promise<void> => await untilReady(server, () => psql("SELECT 1"));
  await ready();
  return {
    halt,
    async resume() {
      server = serve();
      await ready();
    },
    create(name) {
      psql(`CREATE DATABASE ${name}`);
      return `postgresql://gridproof@localhost/${name}?host=${encodeURIComponent(folder)}`;
    },
    async stop() {
      await halt();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findPrograms(): string | undefined {
  const path = (process.env["PATH"] ?? "").split(":");
  const folders = [...path, ...globSync("/usr/lib/postgresql/*/bin").sort().reverse()];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => existsSync(join(folder, name))));
}

async function untilReady(server: ChildProcess, ask: () => void): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      ask();
      return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}
