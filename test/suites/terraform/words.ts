/** What the CLI says without the frame and the line breaks that it puts in. */
export function wordsOf(text: string): string {
  return text.replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ');
}

/** Number of the first line of a configuration that holds the words. */
export function lineOf(text: string, words: string): number {
  const at = text.split('\n').findIndex((line) => line.includes(words));
  if (at === -1) throw new Error(`the configuration has no line with ${words}`);
  return at + 1;
}
