export interface LineWriterOptions {
  /** Gives how many of the bytes were taken; throws the system's errors. */
  readonly write: (bytes: Buffer) => number;
  /** Calls once, a little later, without keeping the process alive for it. */
  readonly later: (work: () => void) => void;
  /** How much waits at most while the pipe is full, bytes. */
  readonly mostBytes: number;
}

/**
 * Writes lines to a pipe whose reader may be slow, stopped or gone. What a full pipe does not take waits; beyond the bound whole lines
 * are lost. Nothing is thrown for a full or closed pipe, because what is logged must go on.
 */
export function lineWriter({ write, later, mostBytes }: LineWriterOptions): (line: string) => void {
  let waiting: Buffer = Buffer.alloc(0);
  let isDue = false;

  const flush = () => {
    isDue = false;
    while (waiting.length > 0) {
      const taken = takenBy(write, waiting);
      waiting = waiting.subarray(taken);
      if (taken === 0) break;
    }
    if (waiting.length === 0) return;
    isDue = true;
    later(flush);
  };

  return (line) => {
    const bytes = Buffer.from(line);
    if (waiting.length + bytes.length > mostBytes) return;
    waiting = Buffer.concat([waiting, bytes]);
    if (!isDue) flush();
  };
}

/** All of it when nobody reads any more: it is lost. */
function takenBy(write: LineWriterOptions['write'], bytes: Buffer): number {
  try {
    return write(bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return bytes.length;
    if (code === 'EAGAIN') return 0;
    throw error;
  }
}
