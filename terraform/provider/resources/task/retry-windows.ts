import type { Diagnostics } from '../../protocol/contracts/diagnostics.ts';
import type { Config } from '../../protocol/schema/values-of.ts';
import { isUnknown, type Unknown } from '../../protocol/values/unknown.ts';
import { defaultOptions, type optionAttributes } from './options.ts';

/** That lost connections are retried for longer than all else, as the service asks; what is left out is its default. */
export function checkRetryWindows(
  options: Config<typeof optionAttributes> | null | Unknown,
  diagnostics: Diagnostics,
): void {
  if (options === null || isUnknown(options)) return;
  const { retry_other_minutes: other, retry_connection_minutes: connection } = options;
  if (isUnknown(other) || isUnknown(connection)) return;
  const least = other ?? defaultOptions.retry_other_minutes;
  const most = connection ?? defaultOptions.retry_connection_minutes;
  if (least < most) return;
  diagnostics.error({
    summary: 'The retry windows are the wrong way round',
    detail: `options.retry_other_minutes, ${least}, must be less than options.retry_connection_minutes, ${most}. Lower the one or raise the other; where one is left out, its default counts.`,
    path: ['options', other === null ? 'retry_connection_minutes' : 'retry_other_minutes'],
  });
}
