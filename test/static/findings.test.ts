import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { type SourceFile, sourceFiles } from './source-files.ts';

// Whatever the provider finds it tells as a summary, a reason and a remedy: the law is kept by every finding that stands in its code.

const ROOT = path.resolve(import.meta.dirname, '../..');
const files = sourceFiles(ROOT, ['terraform/provider'], /\.ts$/);

interface Node {
  readonly type: string;
  readonly [property: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** The node and all below it. */
function* within(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) yield* within(each);
  }
}

const treeOf = ({ text }: SourceFile): Node => parseAst(text, { lang: 'ts' }) as unknown as Node;
const nameOf = (key: unknown): string | undefined =>
  isNode(key) && key.type === 'Identifier' ? (key.name as string) : undefined;

/** What the constants and functions of a module are, by their names: a finding may take its words from there. */
function declared(tree: Node): [string, Node][] {
  const statements = (tree.body as Node[]).map((each) =>
    isNode(each.declaration) ? each.declaration : each,
  );
  return statements
    .flatMap((each) => (each.type === 'VariableDeclaration' ? (each.declarations as Node[]) : [each]))
    .flatMap((each): [string, Node][] => {
      const [name, what] = [nameOf(each.id), each.init ?? each.body];
      return name === undefined || !isNode(what) ? [] : [[name, what]];
    });
}

/** What a finding of this file may have put together before. */
const localsOf = (tree: Node): [string, Node][] =>
  [...within(tree)].flatMap((node): [string, Node][] => {
    const name = node.type === 'VariableDeclarator' ? nameOf(node.id) : undefined;
    return name === undefined || !isNode(node.init) ? [] : [[name, node.init]];
  });

/** The words that stand in an expression, and one step away in what it names. */
function wordsOf(expression: Node, known: ReadonlyMap<string, Node> = new Map()): string {
  return [...within(expression)]
    .flatMap((node) => {
      if (node.type === 'Literal' && typeof node.value === 'string') return [node.value];
      if (node.type === 'TemplateElement') return [(node.value as { cooked: string }).cooked];
      const meant = known.get(nameOf(node) ?? '');
      return meant === undefined ? [] : [wordsOf(meant)];
    })
    .join('…');
}

interface Found {
  readonly place: string;
  readonly summary: string;
  readonly detail: string | undefined;
}

function findingsIn(sources: readonly SourceFile[]): Found[] {
  const trees = sources.map(treeOf);
  const known = trees.flatMap(declared);
  return trees.flatMap((tree, index) => {
    const named = new Map([...known, ...localsOf(tree)]);
    return [...within(tree)].flatMap((node): Found[] => {
      if (node.type !== 'ObjectExpression') return [];
      const properties = new Map(
        (node.properties as Node[]).map(({ key, value }) => [nameOf(key), value as Node]),
      );
      const summary = properties.get('summary');
      // What is described is no finding; what has no words of its own hands on another.
      if (summary === undefined || properties.has('description') || wordsOf(summary) === '') return [];
      const detail = properties.get('detail');
      return [
        {
          place: `${sources[index]?.path}: ${wordsOf(summary)}`,
          summary: wordsOf(summary),
          detail: detail && wordsOf(detail, named),
        },
      ];
    });
  });
}

/** Words of a remedy: what to do, where a sentence or a part of one begins. */
const REMEDY =
  /(?:^|[.:;,…]\s*|\b(?:or|and|then|it|first|time) )(?:Apply|Change|Check|Choose|Correct|Create|Delete|Destroy|Drop|Give|Import|Look|Lower|Name|Plan|Raise|Refer|Remove|Rename|Repair|Replace|Report|Revoke|Run|Set|Tell|Untaint|Update|Use|Write)\b/i;

/** What is told though there is nothing to do. */
const NEWS = [
  'A token "…" that nobody knows was revoked',
  'The cutover stays made',
  'The precheck is left to the apply',
  'The precheck would pass with warnings',
  'The task stays at the service',
  'The … "…" was there already',
  'There is no task …',
];

/** Where findings are about a task. */
const OF_TASKS = /^terraform\/provider\/resources\/(?:task\/|cutover\.ts)/;

/** The id of a task in words, which whoever asks the service about it needs. */
const TASK_ID = /\btask:? …/i;

/** What is told of a configuration alone, or of a task that is still to be made. */
const NO_TASK_YET = [
  '"…" is a system database',
  'A table to leave out is null',
  'No database is selected',
  'No table is selected',
  'Tables are both selected and left out',
  'That is no name of a database object',
  'The retry windows are the wrong way round',
  'Two databases arrive as "…"',
  'Two tables arrive as "….…"',
];

const found = findingsIn(files);
/** What tells in words of its own, not in those of another finding or of the service. */
const own = found.filter(({ detail }) => detail === undefined || /\p{L}/u.test(detail));
const placesOf = (findings: readonly Found[]) => findings.map(({ place }) => place);

describe('findings', () => {
  test('are found', () => {
    expect(own.length).toBeGreaterThan(60);
  });

  test('have a summary without a point', () => {
    expect(placesOf(found.filter(({ summary }) => !/^["…A-Z].*[^.]$/s.test(summary)))).toEqual([]);
  });

  test('say what to do about it', () => {
    const silent = own.filter(({ summary, detail = '' }) => !REMEDY.test(detail) && !NEWS.includes(summary));
    expect(placesOf(silent)).toEqual([]);
  });

  test('of a task name it by its id', () => {
    const ofTasks = own.filter(({ place }) => OF_TASKS.test(place));
    expect(ofTasks.length).toBeGreaterThan(30);
    const nameless = ofTasks.filter(
      ({ summary, detail = '' }) => !TASK_ID.test(detail) && !NO_TASK_YET.includes(summary),
    );
    expect(placesOf(nameless)).toEqual([]);
  });
});
