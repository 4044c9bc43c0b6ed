/**
 * GraphQL quotes values of the request in its messages. A password in the wrong place must not be quoted, so the parts
 * that quote are cut out; what remains names variables, fields and types only.
 */
export function withoutValues(message: string): string {
  const variable = /^Variable "\$(\w+)" got invalid value /.exec(message);
  if (variable) {
    const path = /^.* at "([\w.[\]]+)"; /s.exec(message)?.[1];
    const reason = lastReason(message);
    return `Variable "$${variable[1]}" has a wrong value${path ? ` at "${path}"` : ''}${reason ? `: ${reason}` : '.'}`;
  }
  return message
    .replace(/^(Syntax Error: .*?(?:String|BlockString|Name|Int|Float)) ".*$/s, '$1')
    .replace(/^(\w+ cannot represent .*?value): .*$/s, '$1')
    .replace(/^Value ".*" does not exist in ("\w+" enum).*$/s, 'No such value in $1')
    .replace(/^(Enum "\w+" cannot represent .*?value): .*$/s, '$1')
    .replace(/^Expected value of type ("[\w[\]!]+"), found .*$/s, 'Expected a value of type $1');
}

/** Where in a variable the value is that such a message is about, as issues tell it: `input.scopes.0`; empty when it tells none. */
export function pathOfVariable(message: string): string {
  const path = /^Variable "\$\w+" has a wrong value at "([\w.[\]]+)"/.exec(message)?.[1] ?? '';
  return path.replaceAll('[', '.').replaceAll(']', '');
}

/** The end of a message, if it is one of the sentences that quote nothing but names of the schema. */
function lastReason(message: string): string | undefined {
  const known = [
    /; (Field "\w+" is not defined by type "\w+"\.)[^;]*$/,
    /; (Field "\w+" of required type "[\w[\]!]+" was not provided\.)$/,
    /; (Expected non-nullable type "[\w[\]!]+" not to be null\.)$/,
    /; (Expected type "\w+" to be an object\.)$/,
    /; (Value) "[^;]*" (does not exist in "\w+" enum\.)[^;]*$/,
    /; (Enum "\w+" cannot represent non-string value): [^;]*$/,
    /; (\w+ cannot represent [\w -]+value): [^;]*$/,
    /; Expected type "\w+"\. ((?:BigInt|DateTime) must be .*)$/,
  ];
  for (const pattern of known) {
    const match = pattern.exec(message);
    if (match) return match.slice(1).join(' ');
  }
  return undefined;
}
