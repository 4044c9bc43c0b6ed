import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineWriter } from '../../../terraform/provider/protocol/server/line-writer.ts';

const systemError = (code: string) => Object.assign(new Error(code), { code });

/** A pipe that takes so many bytes at each write, 0 for a full one; and a clock that a test moves. */
function fullAtTimes(takes: readonly number[], mostBytes = 1 << 20) {
  const rest = [...takes];
  let read = '';
  let due: (() => void)[] = [];
  const line = lineWriter({
    write: (bytes) => {
      const most = rest.length > 0 ? (rest.shift() ?? 0) : bytes.length;
      if (most === 0) throw systemError('EAGAIN');
      read += bytes.subarray(0, most).toString('latin1');
      return Math.min(most, bytes.length);
    },
    later: (work) => void due.push(work),
    mostBytes,
  });
  const pass = () => {
    const now = due;
    due = [];
    for (const work of now) work();
    return due.length;
  };
  return { line, pass, read: () => read };
}

test('lines come whole and in order, however full the pipe is at times', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{0,9}$/)), fc.array(fc.nat(7)), (lines, takes) => {
      const pipe = fullAtTimes(takes);
      for (const each of lines) pipe.line(`${each}\n`);
      while (pipe.pass() > 0);
      expect(pipe.read()).toBe(lines.map((each) => `${each}\n`).join(''));
    }),
  );
});

test('what a pipe that stays full would make wait beyond the bound is lost, line by line', () => {
  const pipe = fullAtTimes([0], 12);
  for (const each of ['first\n', 'second\n', 'third\n']) pipe.line(each);
  expect(pipe.read()).toBe('');
  pipe.pass();
  pipe.line('last\n');
  expect(pipe.read()).toBe('first\nthird\nlast\n');
});

test('a pipe that nobody reads any more is no failure, and nothing waits for it', () => {
  const due: unknown[] = [];
  const line = lineWriter({
    write: () => {
      throw systemError('EPIPE');
    },
    later: (work) => void due.push(work),
    mostBytes: 100,
  });
  for (let count = 0; count < 100; count++) line('a line of the log\n');
  expect(due).toEqual([]);
});

test('any other failure is thrown', () => {
  const write = () => {
    throw systemError('EBADF');
  };
  const line = lineWriter({ write, later: () => {}, mostBytes: 100 });
  expect(() => line('a line\n')).toThrow('EBADF');
});
