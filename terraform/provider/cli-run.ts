import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { isLaunched } from './protocol/server/cookie.ts';

/** A process of the provider: a CLI starts one for each provider block and each walk. */
export interface Member {
  /** The run of the CLI that it belongs to: no two are alike. */
  readonly run: string;
  readonly process: number;
}

/** This process; undefined where no CLI has started it, so that it may serve many. */
export function thisMember(env: NodeJS.ProcessEnv): Member | undefined {
  if (!isLaunched(env)) return undefined;
  const cli = process.ppid;
  return { run: `${cli} ${startOf(cli)}`, process: process.pid };
}

/** When a process began, in whatever unit: an id is given again. */
function startOf(pid: number): string {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
