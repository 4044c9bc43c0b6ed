import os from 'node:os';

/** Steps of `nice`: those by which the threads of tasks stand behind this one. */
const STEPS = 5;

/**
 * The thread that answers users goes before all others of the machine where the system allows it (root, CAP_SYS_NICE, LimitNICE=-5): it
 * needs little, and at once. Elsewhere the threads of tasks alone step back. To be called by the main thread.
 */
export function preferThisThread(): void {
  try {
    os.setPriority(process.pid, os.getPriority(process.pid) - STEPS);
  } catch {
    // As it is for most users.
  }
}
