/** `sync_task` as `syncTask`. */
export function camelCase(snake: string): string {
  return snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `sync_task` as `SyncTask`. */
export function pascalCase(snake: string): string {
  const camel = camelCase(snake);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

/** `opendts_sync_task` as `sync_task`. Throws when the type is not of that provider. */
export function withoutProvider(type: string, provider: string): string {
  const prefix = `${provider}_`;
  if (!type.startsWith(prefix)) throw new Error(`${type} does not begin with ${prefix}`);
  return type.slice(prefix.length);
}

/** `sync_task` as `sync-task`. */
export function fileName(snake: string): string {
  return snake.replaceAll('_', '-');
}
