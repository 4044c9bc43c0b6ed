import { systemClock } from '../../../engine/core/clock.ts';
import { openStore } from '../../../engine/store/store.ts';
import { task } from './task-row.ts';

/** Writes tasks with one event each, in one transaction per task, and says each number once it is on disk; until it is killed. */
const store = openStore({ dataDir: process.argv[2]!, clock: systemClock });
for (let n = 1; ; n++) {
  store.transaction(() => {
    store.tasks.insert(task(String(n).padStart(8, '0')));
    store.events.append({ taskId: String(n), at: n, kind: 'STATE', message: 'made' });
  });
  process.stdout.write(`${n}\n`);
}
