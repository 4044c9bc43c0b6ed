import fs from 'node:fs';
import path from 'node:path';

/** The environment variable that names the node, before all else. */
export const NODE_VARIABLE = 'OPENDTS_NODE';

/** Below the home folder: a line with the path of the node that `install` ran on. */
const NODE_FILE = '.opendts/provider-node';

/**
 * Shell that puts into `n` the node to become: that of the variable, else that of the last `install` here while it
 * is there, else the one on PATH.
 */
export const FIND_NODE = [
  `n="$${NODE_VARIABLE}" f="$HOME/${NODE_FILE}"`,
  '[ -n "$n" ] || [ ! -r "$f" ] || { IFS= read -r n <"$f"; [ -x "$n" ] || n=""; }',
  '[ -n "$n" ] || n=node',
].join('; ');

/** Lets the providers of this user run on that node. */
export function chooseNode(home: string, node: string): void {
  const file = path.join(home, NODE_FILE);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${node}\n`);
}
