import type { Socket } from 'node:net';

/** Length of a slice of a throttled stream, in milliseconds. */
const SLICE_MILLIS = 20;

export interface PacedPipeOptions {
  readonly from: Socket;
  readonly to: Socket;
  /** 0 forwards nothing, Infinity without limit. */
  readonly bytesPerSecond: number;
  readonly forwarded: (bytes: number) => void;
}

export interface PacedPipe {
  /** Bytes arrive this much later, in order. */
  delay(millis: number): void;
  pace(bytesPerSecond: number): void;
  /** Forwards nothing any more; what is held back is dropped. */
  stop(): void;
}

/** Forwards one direction of a connection, its end included, at a pace that can change; what is not forwarded is not read. */
export function pipePaced({ from, to, bytesPerSecond, forwarded }: PacedPipeOptions): PacedPipe {
  let limit = bytesPerSecond;
  let stopped = false;
  let scheduled: NodeJS.Timeout | undefined;
  let latency = 0;
  const underWay = new Set<NodeJS.Timeout>();
  let lastArrival = 0;
  const arrive = (work: () => void) => {
    const now = Date.now();
    lastArrival = Math.max(lastArrival, now + latency);
    if (lastArrival === now && underWay.size === 0) return work();
    const timer = setTimeout(() => {
      underWay.delete(timer);
      if (!stopped) work();
    }, lastArrival - now);
    underWay.add(timer);
  };

  const forward = () => {
    scheduled = undefined;
    let budget = limit === Number.POSITIVE_INFINITY ? limit : Math.max(1, (limit * SLICE_MILLIS) / 1000);
    while (!stopped && limit > 0 && !to.writableNeedDrain) {
      if (from.readableLength === 0) {
        from.read(0); // asks for more; 'readable' or 'end' follows
        return;
      }
      if (budget < 1) {
        scheduled = setTimeout(forward, SLICE_MILLIS);
        return;
      }
      const chunk: Buffer | null = from.read(Math.min(from.readableLength, Math.floor(budget)));
      if (chunk === null) return;
      budget -= chunk.length;
      forwarded(chunk.length);
      arrive(() => to.write(chunk));
    }
  };
  const onReadable = () => {
    if (scheduled === undefined) forward();
  };
  const onEnd = () => arrive(() => to.end());
  from.on('readable', onReadable);
  from.on('end', onEnd);
  to.on('drain', onReadable);

  return {
    delay: (millis) => {
      latency = millis;
    },
    pace: (next) => {
      limit = next;
      clearTimeout(scheduled);
      forward();
    },
    stop: () => {
      stopped = true;
      clearTimeout(scheduled);
      for (const timer of underWay) clearTimeout(timer);
      from.off('readable', onReadable);
      from.off('end', onEnd);
      to.off('drain', onReadable);
    },
  };
}
