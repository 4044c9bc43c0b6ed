/** Tells a CLI's launch from one by hand; the same for all providers of all CLIs. */
export const COOKIE = {
  name: 'TF_PLUGIN_MAGIC_COOKIE',
  value: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
} as const;

/** Whether a CLI has started this process and reads its standard output. */
export function isLaunched(env: NodeJS.ProcessEnv): boolean {
  return env[COOKIE.name] === COOKIE.value;
}
