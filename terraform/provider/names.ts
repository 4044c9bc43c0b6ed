/** Names and ids as the service takes them, checked before it is asked. */

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const MOST_CHARACTERS = 64;

/** Name of an endpoint, task or token. */
export function checkName(name: string): string | undefined {
  if (name === '') return 'The name is empty.';
  if ([...name].length > MOST_CHARACTERS) return `The name is longer than ${MOST_CHARACTERS} characters.`;
  if (name.trim() !== name) return 'The name begins or ends with a space.';
  if (CONTROL.test(name)) return 'The name holds a control character or a line separator.';
  return undefined;
}

/** Name of a database or table. */
export function objectNameFault(name: string): string | undefined {
  if (name === '') return 'The name is empty.';
  if ([...name].length > MOST_CHARACTERS)
    return `"${name}" is longer than ${MOST_CHARACTERS} characters, the most that a name can have.`;
  if (name.includes('\0')) return 'The name holds a NUL character.';
  if (name.endsWith(' ')) return `"${name}" ends with a space, which no database allows.`;
  return undefined;
}

/** Made by the service: a ULID in lower case. */
export const isId = (text: string): boolean => /^[0-9a-hjkmnp-tv-z]{26}$/.test(text);

export function checkId(id: string): string | undefined {
  return isId(id)
    ? undefined
    : `"${id}" is no id of the service, which has 26 letters and digits: refer to the attribute "id" of a resource or data source.`;
}
