import { quoteName } from '../identifier.ts';
import type { Identifier, Span } from './parser/ast.ts';

/** A piece of a text and what takes its place. */
export interface Edit extends Span {
  readonly text: string;
}

/** Applies edits that do not overlap; all else stays as it is. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at) continue;
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

export const replaceName = (name: Identifier, by: string): Edit => ({
  start: name.start,
  end: name.end,
  text: quoteName(by),
});
