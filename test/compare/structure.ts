import { looseExpression, normalizeFact } from './allowed-differences.ts';
import { type CompareSession, literal, type TextRecord } from './session.ts';
import { parseVersion, type ServerVersion, type StructureDifference } from './structure-model.ts';

/** Facts of one database: `table orders: column amount` → `3 decimal(10,2) NOT NULL …`. */
export type Facts = ReadonlyMap<string, string>;

export interface StructureEnd {
  readonly session: CompareSession;
  readonly database: string;
}

export interface StructureRequest {
  readonly source: StructureEnd;
  readonly target: StructureEnd;
  /** Name at the target of each compared table and view of the source. Routines, triggers and events only if `whole`. */
  readonly tables: ReadonlyMap<string, string>;
  /** Other databases that foreign keys may name, source → target. */
  readonly databases: ReadonlyMap<string, string>;
  readonly whole: boolean;
  /** Triggers and events are made only when a migration completes. */
  readonly triggersAndEvents: boolean;
}

/** Every difference of structure that no rule of allowed differences explains. */
export async function compareStructure(request: StructureRequest): Promise<StructureDifference[]> {
  const sourceVersion = await versionOf(request.source.session);
  const targetVersion = await versionOf(request.target.session);
  const identity = new Map([...request.tables.values()].map((name) => [name, name]));
  const otherFlavour = sourceVersion.family !== targetVersion.family;
  const source = await readFacts(request.source, request.tables, request.databases, {
    ...request,
    otherFlavour,
  });
  const target = await readFacts(request.target, identity, new Map(), { ...request, otherFlavour });
  const differences: StructureDifference[] = [];
  for (const [fact, text] of source) {
    if (/^table [^:]*$/.test(fact)) source.set(fact, text.replace(otherEngine, 'InnoDB |'));
    // Keys of MEMORY tables.
    if (/: key /.test(fact)) source.set(fact, text.replace(/ HASH\b/, ' BTREE'));
  }
  for (const fact of new Set([...source.keys(), ...target.keys()])) {
    const atSource = normalizeFact(fact, source.get(fact), sourceVersion, targetVersion);
    const atTarget = normalizeFact(fact, target.get(fact), sourceVersion, targetVersion);
    if (atSource !== atTarget) differences.push({ fact, source: source.get(fact), target: target.get(fact) });
  }
  return differences;
}

/** Tables of these engines are InnoDB at the target. */
const otherEngine = /^(?:MyISAM|Aria|MEMORY|ARCHIVE|CSV) \|/;

export async function versionOf(session: CompareSession): Promise<ServerVersion> {
  const [[version] = []] = await session.rows('SELECT VERSION()');
  return parseVersion(version ?? '');
}

async function readFacts(
  { session, database }: StructureEnd,
  tables: ReadonlyMap<string, string>,
  databases: ReadonlyMap<string, string>,
  { whole, triggersAndEvents, otherFlavour }: StructureRequest & { otherFlavour: boolean },
): Promise<Map<string, string>> {
  const facts = new Map<string, string>();
  const schema = literal(database);
  const read = (table: string, column: string) =>
    session.records(`SELECT * FROM information_schema.${table} WHERE ${column} = ${schema}`);
  const add = (fact: string, ...values: (string | null | undefined)[]) =>
    facts.set(fact, values.map((value) => value ?? '-').join(' | '));
  const nameOf = (record: TextRecord, column = 'TABLE_NAME') => tables.get(record[column] ?? '');

  if (whole) {
    const [found] = await read('SCHEMATA', 'SCHEMA_NAME');
    add('database', found?.DEFAULT_CHARACTER_SET_NAME, found?.DEFAULT_COLLATION_NAME);
  }
  for (const record of await read('TABLES', 'TABLE_SCHEMA')) {
    const name = nameOf(record);
    if (name === undefined) continue;
    if (record.TABLE_TYPE === 'VIEW') add(`view ${name}`, 'exists');
    else add(`table ${name}`, record.ENGINE, record.TABLE_COLLATION, record.TABLE_COMMENT);
  }
  for (const record of await read('COLUMNS', 'TABLE_SCHEMA')) {
    const name = nameOf(record);
    if (name === undefined) continue;
    const fact = `table ${name}: column ${record.COLUMN_NAME}`;
    add(fact, record.ORDINAL_POSITION, record.COLUMN_TYPE, record.IS_NULLABLE);
    add(`${fact}: charset`, record.CHARACTER_SET_NAME, record.COLLATION_NAME);
    add(
      `${fact}: default`,
      record.COLUMN_DEFAULT,
      record.EXTRA?.includes('DEFAULT_GENERATED') ? 'computed' : null,
    );
    add(`${fact}: extra`, record.EXTRA);
    add(`${fact}: generated as`, record.GENERATION_EXPRESSION);
    add(`${fact}: comment`, record.COLUMN_COMMENT);
    if (record.SRS_ID) add(`${fact}: srid`, record.SRS_ID);
  }
  for (const [fact, text] of keyFacts(await read('STATISTICS', 'TABLE_SCHEMA'), nameOf)) add(fact, text);
  for (const [fact, text] of await foreignKeyFacts(session, schema, tables, databases)) add(fact, text);
  for (const record of await checks(session, schema)) {
    const name = nameOf(record);
    if (name === undefined) continue;
    const constraint =
      otherFlavour && isNamedByServer(record)
        ? looseExpression(record.CHECK_CLAUSE ?? '')
        : record.CONSTRAINT_NAME;
    add(`table ${name}: check ${constraint}`, record.CHECK_CLAUSE);
  }
  for (const record of await read('PARTITIONS', 'TABLE_SCHEMA')) {
    const name = nameOf(record);
    if (name === undefined || !record.PARTITION_NAME) continue;
    const fact =
      `table ${name}: partition ${record.PARTITION_NAME} ${record.SUBPARTITION_NAME ?? ''}`.trimEnd();
    add(fact, record.PARTITION_METHOD, record.PARTITION_EXPRESSION, record.PARTITION_DESCRIPTION);
  }
  for (const record of await read('VIEWS', 'TABLE_SCHEMA')) {
    const name = nameOf(record);
    if (name === undefined) continue;
    add(`view ${name}: options`, record.CHECK_OPTION, record.SECURITY_TYPE);
    add(
      `view ${name}: text`,
      withNamesAtTarget(record.VIEW_DEFINITION ?? '', { database, tables, databases }),
    );
  }
  if (whole) for (const [fact, text] of await routineFacts(read)) add(fact, text);
  if (whole && triggersAndEvents)
    for (const [fact, text] of await triggerAndEventFacts(read)) add(fact, text);
  return facts;
}

/** The text of a view with the names that its databases and tables have at the target. */
function withNamesAtTarget(
  text: string,
  names: {
    readonly database: string;
    readonly tables: ReadonlyMap<string, string>;
    readonly databases: ReadonlyMap<string, string>;
  },
): string {
  return text.replaceAll(/`([^`]+)`\.`([^`]+)`/g, (whole, database: string, table: string) => {
    const atTarget = names.databases.get(database);
    if (atTarget === undefined) return whole;
    const tableAtTarget = database === names.database ? (names.tables.get(table) ?? table) : table;
    return `\`${atTarget}\`.\`${tableAtTarget}\``;
  });
}

function* keyFacts(
  records: readonly TextRecord[],
  nameOf: (record: TextRecord) => string | undefined,
): Iterable<[string, string]> {
  const parts = new Map<string, string[]>();
  const sorted = [...records].sort((a, b) => Number(a.SEQ_IN_INDEX) - Number(b.SEQ_IN_INDEX));
  for (const record of sorted) {
    const name = nameOf(record);
    if (name === undefined) continue;
    const unique = record.NON_UNIQUE === '0' ? 'unique' : 'plain';
    const hidden = record.IS_VISIBLE === 'NO' || record.IGNORED === 'YES' ? ' invisible' : '';
    const fact = `table ${name}: key ${record.INDEX_NAME}`;
    const part = `${record.COLUMN_NAME ?? `(${record.EXPRESSION})`}${record.SUB_PART ? `(${record.SUB_PART})` : ''}${record.COLLATION === 'D' ? ' desc' : ''}`;
    const head = `${unique} ${record.INDEX_TYPE}${hidden} ${record.INDEX_COMMENT ?? ''}`.trimEnd();
    parts.set(fact, [...(parts.get(fact) ?? [head]), part]);
  }
  for (const [fact, texts] of parts) yield [fact, texts.join(', ')];
}

async function foreignKeyFacts(
  session: CompareSession,
  schema: string,
  tables: ReadonlyMap<string, string>,
  databases: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const records = await session.records(
    `SELECT k.*, r.UPDATE_RULE, r.DELETE_RULE FROM information_schema.KEY_COLUMN_USAGE k
       JOIN information_schema.REFERENTIAL_CONSTRAINTS r
         ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
      WHERE k.TABLE_SCHEMA = ${schema} AND k.REFERENCED_TABLE_NAME IS NOT NULL ORDER BY k.ORDINAL_POSITION`,
  );
  const facts = new Map<string, string>();
  for (const record of records) {
    const name = tables.get(record.TABLE_NAME ?? '');
    if (name === undefined) continue;
    const fact = `table ${name}: foreign key ${record.CONSTRAINT_NAME}`;
    const same = record.REFERENCED_TABLE_SCHEMA === record.TABLE_SCHEMA;
    const database = same
      ? ''
      : `${databases.get(record.REFERENCED_TABLE_SCHEMA ?? '') ?? record.REFERENCED_TABLE_SCHEMA}.`;
    const parent = `${database}${tables.get(record.REFERENCED_TABLE_NAME ?? '') ?? record.REFERENCED_TABLE_NAME}`;
    const head = facts.get(fact) ?? `update ${record.UPDATE_RULE} delete ${record.DELETE_RULE}`;
    facts.set(fact, `${head}, ${record.COLUMN_NAME} → ${parent}.${record.REFERENCED_COLUMN_NAME}`);
  }
  return facts;
}

/** CHECK constraints where the server has them: MySQL from 8.0.16, MariaDB from 10.2. */
async function checks(session: CompareSession, schema: string): Promise<TextRecord[]> {
  const [known] = await session.rows(
    "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = 'CHECK_CONSTRAINTS'",
  );
  if (known === undefined) return [];
  const columns = await session.records(
    `SELECT * FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ${schema}`,
  );
  if (columns.every((record) => record.TABLE_NAME !== undefined)) return columns;
  return session.records(
    `SELECT c.CONSTRAINT_NAME, c.CHECK_CLAUSE, t.TABLE_NAME FROM information_schema.CHECK_CONSTRAINTS c
       JOIN information_schema.TABLE_CONSTRAINTS t
         ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND t.CONSTRAINT_TYPE = 'CHECK'
      WHERE c.CONSTRAINT_SCHEMA = ${schema}`,
  );
}

/** A CHECK that the user gave no name: MySQL counts them, MariaDB counts them or takes the column's name. */
const isNamedByServer = (record: TextRecord): boolean =>
  record.LEVEL === 'Column' || /^CONSTRAINT_\d+$|_chk_\d+$/.test(record.CONSTRAINT_NAME ?? '');

type Read = (table: string, column: string) => Promise<TextRecord[]>;

async function routineFacts(read: Read): Promise<Map<string, string>> {
  const facts = new Map<string, string>();
  const text = (...values: (string | null | undefined)[]) => values.map((value) => value ?? '-').join(' | ');
  for (const r of await read('ROUTINES', 'ROUTINE_SCHEMA')) {
    const fact = `${r.ROUTINE_TYPE?.toLowerCase()} ${r.ROUTINE_NAME}`;
    facts.set(fact, text(r.ROUTINE_DEFINITION));
    facts.set(`${fact}: returns`, text(r.DTD_IDENTIFIER));
    facts.set(
      `${fact}: options`,
      text(r.IS_DETERMINISTIC, r.SQL_DATA_ACCESS, r.SECURITY_TYPE, r.ROUTINE_COMMENT),
    );
    facts.set(`${fact}: sql_mode`, text(r.SQL_MODE));
    facts.set(`${fact}: session`, text(r.CHARACTER_SET_CLIENT, r.COLLATION_CONNECTION));
  }
  for (const p of await read('PARAMETERS', 'SPECIFIC_SCHEMA')) {
    if (p.ORDINAL_POSITION === '0') continue;
    const fact = `${p.ROUTINE_TYPE?.toLowerCase()} ${p.SPECIFIC_NAME}: parameter ${p.ORDINAL_POSITION}`;
    facts.set(fact, text(p.PARAMETER_MODE, p.PARAMETER_NAME, p.DTD_IDENTIFIER, p.CHARACTER_SET_NAME));
  }
  return facts;
}

async function triggerAndEventFacts(read: Read): Promise<Map<string, string>> {
  const facts = new Map<string, string>();
  const text = (...values: (string | null | undefined)[]) => values.map((value) => value ?? '-').join(' | ');
  for (const t of await read('TRIGGERS', 'TRIGGER_SCHEMA')) {
    const fact = `trigger ${t.TRIGGER_NAME}`;
    facts.set(fact, text(t.ACTION_TIMING, t.EVENT_MANIPULATION, t.EVENT_OBJECT_TABLE, t.ACTION_ORDER));
    facts.set(`${fact}: body`, text(t.ACTION_STATEMENT));
    facts.set(`${fact}: sql_mode`, text(t.SQL_MODE));
  }
  for (const e of await read('EVENTS', 'EVENT_SCHEMA')) {
    const fact = `event ${e.EVENT_NAME}`;
    facts.set(
      fact,
      text(e.EVENT_TYPE, e.EXECUTE_AT, e.INTERVAL_VALUE, e.INTERVAL_FIELD, e.ON_COMPLETION, e.STATUS),
    );
    facts.set(`${fact}: body`, text(e.EVENT_DEFINITION));
    facts.set(`${fact}: sql_mode`, text(e.SQL_MODE));
    facts.set(`${fact}: session`, text(e.TIME_ZONE, e.CHARACTER_SET_CLIENT, e.COLLATION_CONNECTION));
  }
  return facts;
}
