import fs from 'node:fs';
import path from 'node:path';
import { COOKIE } from '../protocol/server/cookie.ts';
import { NEEDED_NODE, NODE_REMEDY, NODE_VARIABLE } from '../protocol/server/needed-node.ts';

/** Below the home folder: a line with the path of the node that `install` ran on. */
const NODE_FILE = '.opendts/provider-node';

/**
 * Shell that puts into `n` the node to become: that of the variable, else that of the last `install` here while it
 * is there, else the one on PATH.
 */
const FIND_NODE = [
  `n="$${NODE_VARIABLE}" f="$HOME/${NODE_FILE}"`,
  '[ -n "$n" ] || [ ! -r "$f" ] || { IFS= read -r n <"$f"; [ -x "$n" ] || n=""; }',
  '[ -n "$n" ] || n=node',
].join('; ');

/**
 * Shell that ends with a reason, as one line and without bars where a CLI reads the standard output: it shows a first line there that it
 * cannot read. By what the shell has alone, because PATH may hold nothing.
 */
const REFUSE = [
  `refuse() { [ "$${COOKIE.name}" = ${COOKIE.value} ] || { printf "%s\\n" "$1" >&2; exit 1; }`,
  'set -f; IFS="$IFS|"; set -- $1; IFS=" "; printf "%s\\n" "$*"; exit 1; }',
].join('; ');

/** Shell that finds out whether there is such a node. */
const REQUIRE_NODE = [
  'case "$n" in */*) [ -f "$n" ] && [ -x "$n" ];; *) command -v "$n" >/dev/null;; esac',
  `refuse "The provider needs Node ${NEEDED_NODE} or later, and there is no program \\"$n\\". ${NODE_REMEDY}"`,
].join(' || ');

/** Shell that tries what could keep node from the first line of any program; it takes time only where it is set. */
const REQUIRE_OPTIONS = [
  '[ -z "$NODE_OPTIONS" ] || why="$("$n" -e 0 2>&1)"',
  'refuse "Node does not start with NODE_OPTIONS=$NODE_OPTIONS: $why"',
].join(' || ');

/** Shell that becomes node, to run the file that it stands in. */
export const BECOME_NODE = [
  FIND_NODE,
  REFUSE,
  REQUIRE_NODE,
  REQUIRE_OPTIONS,
  'exec "$n" --no-warnings "$0" "$@"',
].join('; ');

/** Lets the providers of this user run on that node. */
export function chooseNode(home: string, node: string): void {
  const file = path.join(home, NODE_FILE);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${node}\n`);
}
