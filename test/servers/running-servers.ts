/** What the account of running servers needs to know of one. */
export interface RunningServer {
  describe(): string;
  /** Sessions of others than root's own that sit idle: their clients forgot them. */
  idleSessions(): Promise<string[]>;
  stop(): Promise<void>;
}

const SETTLE_MILLIS = 2000;
const running = new Set<RunningServer>();
const forgotten: string[] = [];
let watching = false;

/** From now on each server that is stopped is asked which sessions are still open. */
export function watchSessions(): void {
  watching = true;
}

/** Sessions that were open when their server was stopped. */
export function forgottenSessions(): readonly string[] {
  return forgotten;
}

/** Keeps account of a server until it is stopped; gives what to call before it is. */
export function registerServer(server: RunningServer): () => Promise<void> {
  running.add(server);
  return async () => {
    if (running.delete(server) && watching) forgotten.push(...(await sessionsLeft(server)));
  };
}

/** Servers that this process started and has not stopped. */
export function runningServers(): readonly RunningServer[] {
  return [...running];
}

/** A server needs a moment to notice that a client has gone. */
async function sessionsLeft(server: RunningServer): Promise<string[]> {
  const deadline = Date.now() + SETTLE_MILLIS;
  for (;;) {
    const sessions = await server.idleSessions();
    if (sessions.length === 0 || Date.now() > deadline) return sessions;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
