import { type ChildProcess, spawn } from 'node:child_process';

/** Reads process ids, one a line, 0 for none. When this process ends, however that is, ends the last one and removes the folder, if any. */
const script = `
child=0
while read -r line; do child=$line; done
if [ "$child" -gt 0 ]; then
  kill -KILL "$child" 2>/dev/null
  while kill -0 "$child" 2>/dev/null; do sleep 0.05; done
fi
[ -z "$1" ] || rm -rf "$1"
`;

/** Tidies up after this process, also when it is killed: a pipe ends with the process that holds it. */
export class Janitor {
  readonly #shell: ChildProcess;

  /** `folder` goes with this process; absent: none does. */
  constructor(folder?: string) {
    this.#shell = spawn('/bin/sh', ['-c', script, 'janitor', folder ?? ''], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true, // an interrupt at the terminal is not for it
      cwd: '/',
    });
    this.#shell.stdin?.on('error', () => undefined);
    this.#shell.unref();
    (this.#shell.stdin as { unref?: () => void } | null)?.unref?.();
  }

  /** The process that must not outlive this one. */
  watch(pid: number | undefined): void {
    this.#shell.stdin?.write(`${pid ?? 0}\n`);
  }

  /** Resolves when everything is tidied up. */
  async finish(): Promise<void> {
    if (this.#shell.exitCode !== null) return;
    this.#shell.ref();
    const done = new Promise((resolve) => this.#shell.once('exit', resolve));
    this.#shell.stdin?.end();
    await done;
  }
}
