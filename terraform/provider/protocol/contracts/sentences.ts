/** Sentences one after the other; those that are empty or absent are left out. */
export function sentences(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => part != null && part !== '').join(' ');
}

/** What another program said, as a sentence: it ends with one point, whether it had one or not. */
export function asSentence(text: string): string {
  const words = text.trimEnd();
  return words === '' || /[.!?]$/.test(words) ? words : `${words}.`;
}
