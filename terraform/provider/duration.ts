const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `90s`, `1h30m` or `2d`; undefined when it is none. */
export function millisOf(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let millis = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    millis += Number(number) * (UNITS[unit ?? ''] ?? 0);
  }
  return Math.round(millis);
}

/** What is wrong with a text that should be a duration, of up to `longest`. */
const durationUpTo =
  (longest: string) =>
  (text: string): string | undefined => {
    const millis = millisOf(text);
    if (millis === undefined || millis === 0)
      return `"${text}" is no duration: write numbers with units, such as "90s", "30m" or "1h30m".`;
    if (millis <= (millisOf(longest) ?? 0)) return undefined;
    return `"${text}" is longer than ${longest}, the longest that it can be.`;
  };

/** Ten years: instants that lie so far ahead are still written with four digits for the year. */
export const checkDuration = durationUpTo('3650d');

/** Of a single timer, which node lets run for no more than 2^31 - 1 milliseconds. */
export const checkTimerDuration = durationUpTo('24d');
