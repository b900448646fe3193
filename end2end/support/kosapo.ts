// Starts the executable under test with a demo city of its own.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export type Database = "sqlite" | "postgres";

/** The city of the specs that leave it as it is. */
export const SHARED = "shared";

export interface Kosapo {
  url: string;
  stop(): Promise<void>;
}

/** A setting that `cargo xtask test` gives; without it nothing is skipped, it fails. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run \`cargo xtask test --only browser\`.`);
  }
  return value;
}

/** Starts `kosapo demo` on a free port and waits until it is healthy. */
async function startKosapo(database: Database, args: string[] = []): Promise<Kosapo> {
  const store = database === "postgres" ? createDatabase() : undefined;
  const address = `127.0.0.1:${await freePort()}`;
  const words = ["demo", "--addr", address, ...(store ? ["--database-url", store.url] : []), ...args];
  const child = spawn(setting("KOSAPO_BIN"), words, {
    // The tests are quicker than people.
    env: { ...process.env, KOSAPO_WRITES_PER_MINUTE: "6000" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stdout.on("data", (chunk) => (log += chunk));
  child.stderr.on("data", (chunk) => (log += chunk));
  const url = `http://${address}`;
  const stop = async () => {
    await ended(child);
    store?.drop();
  };
  try {
    await healthy(url, child);
  } catch (fault) {
    await stop();
    throw new Error(`kosapo ${words.join(" ")} did not become healthy: ${fault}\n${log}`);
  }
  return { url, stop };
}

/** A worker's servers: the shared city's, and that of the spec at hand. */
export class Cities {
  private servers = new Map<string, Promise<Kosapo>>();

  /** The address of a city's server, which is started when it is first asked for. */
  async at(city: string, database: Database, args: string[]): Promise<string> {
    if (!this.servers.has(city)) {
      // A spec with a city of its own is one file, and the files before this one are done.
      await this.stop((name) => name !== SHARED);
      this.servers.set(city, startKosapo(database, args));
    }
    return (await this.servers.get(city)!).url;
  }

  async stop(which: (city: string) => boolean = () => true) {
    for (const [city, server] of [...this.servers].filter(([city]) => which(city))) {
      this.servers.delete(city);
      await (await server).stop();
    }
  }
}

async function healthy(url: string, child: ChildProcess) {
  const deadline = Date.now() + 45_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
    }
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await pause(50);
  }
  throw new Error("45 seconds have passed");
}

async function ended(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const last = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exit;
  clearTimeout(last);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function createDatabase() {
  const admin = new URL(setting("KOSAPO_TEST_POSTGRES"));
  const name = `kosapo_browser_${randomBytes(8).toString("hex")}`;
  const sql = (line: string) => execFileSync("psql", [admin.href, "-qc", line], { stdio: "pipe" });
  sql(`CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => sql(`DROP DATABASE ${name} WITH (FORCE)`) };
}
