const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** What is wrong with a text that should be an instant by RFC 3339, of which the service takes all but leap seconds. */
export function checkInstant(text: string): string | undefined {
  const [, year, month, day] = INSTANT.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined)
    return `"${text}" is no instant by RFC 3339, such as "2027-01-31T12:00:00Z", with its seconds.`;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? undefined
    : `"${text}" is no instant: there is no such day.`;
}
