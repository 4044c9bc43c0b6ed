import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The stack with places in the sources instead of those in a program that was made of them, where its source map lies beside it. */
export function sourceStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(
    /(file:\S+\.mjs):(\d+):(\d+)/g,
    (place: string, url: string, line: string, column: string) => {
      if (!maps.has(url)) maps.set(url, mapOf(url));
      const origin = maps.get(url)?.findOrigin(Number(line), Number(column));
      if (origin === undefined || !('fileName' in origin)) return place;
      return `${pathToFileURL(origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
    },
  );
}

function mapOf(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')));
  } catch {
    return undefined;
  }
}
