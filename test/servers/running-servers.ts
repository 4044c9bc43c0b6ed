/** What the account of running servers needs to know of one. */
export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

const running = new Set<RunningServer>();

/** Keeps account of a server until it is stopped. */
export function registerServer(server: RunningServer): void {
  running.add(server);
  const { stop } = server;
  server.stop = async () => {
    running.delete(server);
    await stop();
  };
}

/** Servers that this process started and has not stopped. */
export function runningServers(): readonly RunningServer[] {
  return [...running];
}
