import type { CommitMark } from '../../../engine/core/change.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { DtsError } from '../../../engine/core/errors.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { Position } from '../../../engine/core/position.ts';
import { ChangeLog } from '../../../engine/pipeline/change-log/change-log.ts';

/** Writes transactions until the log refuses; prints what was durable, and the code that capture and reader got. */
const log = await ChangeLog.open({
  dir: process.argv[2]!,
  maxBytes: 1024 ** 3,
  logger: silentLogger,
  clock: systemClock,
});
const mark = (n: number): CommitMark => ({ position: `p${n}` as Position, committedAtMicros: n });
await log.reset(mark(0));
const codeOf = (error: unknown) => (error instanceof DtsError ? error.code : String(error));
let capture = '';
for (let n = 1; capture === ''; n++) {
  try {
    log.begin(`t${n}` as Position);
    log.piece(Buffer.alloc(5000, n));
    log.commit(mark(n));
    await log.pressure();
    // The first ones are known to be on disk before the trouble begins.
    do await new Promise(setImmediate);
    while (n <= 20 && log.durable().mark?.position !== `p${n}`);
  } catch (error) {
    capture = codeOf(error);
  }
}
let reader = '';
let read = 0;
try {
  for await (const record of log.read({ from: 0n, signal: new AbortController().signal })) {
    if (record.kind === 'commit') read = record.mark.committedAtMicros;
  }
} catch (error) {
  reader = codeOf(error);
}
await log.close();
process.stdout.write(JSON.stringify({ capture, reader, read }));
