import { readlinkSync } from 'node:fs';
import os from 'node:os';

/** Steps of `nice`. */
const STEPS = 5;

/** This thread gives way to the main thread, which answers users. On Linux: elsewhere all threads of a process have one priority. */
export function giveWayToMainThread(): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/task/')[1]);
    const { PRIORITY_LOW } = os.constants.priority;
    os.setPriority(thread, Math.min(os.getPriority(process.pid) + STEPS, PRIORITY_LOW));
  } catch {
    // No /proc, or a sandbox that forbids it: the thread works as well without.
  }
}
