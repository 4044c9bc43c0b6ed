import { type EndpointConfig, engineNames } from '../core/endpoint.ts';
import { type DatabaseSelection, type ObjectSelection, systemDatabases } from '../core/selection.ts';
import type { TaskOptions } from '../core/task.ts';
import { invalid } from './refusals.ts';

/** All throw INVALID_INPUT naming the field as a path from the input. */

/** Longest name of an object at the engines, and of what is named here; in characters. */
const NAME_CHARACTERS = 64;
const HOST_CHARACTERS = 255;
const USERNAME_CHARACTERS = 128;
const PASSWORD_CHARACTERS = 1024;
const CA_CHARACTERS = 256 * 1024;
const TLS_MODES: readonly string[] = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY'];

export function validateName(name: string, field: string): void {
  requireText(name, field, NAME_CHARACTERS);
  if (name.trim() !== name) throw invalid(field, 'The name begins or ends with a space');
  if (/\p{Cc}/u.test(name)) throw invalid(field, 'The name holds a control character');
}

export function validateEndpoint(config: EndpointConfig): void {
  if (!engineNames.includes(config.engine)) throw invalid('input.engine', `Unknown engine ${config.engine}`);
  requireText(config.host, 'input.host', HOST_CHARACTERS);
  if (/[\s\p{Cc}/]/u.test(config.host)) {
    throw invalid('input.host', 'A host is a name or an address, without spaces or slashes');
  }
  requireInteger(config.port, 'input.port', 1, 65_535);
  requireText(config.username, 'input.username', USERNAME_CHARACTERS);
  if (config.password.length > PASSWORD_CHARACTERS) {
    throw invalid('input.password', `The password is longer than ${PASSWORD_CHARACTERS} characters`);
  }
  if (config.password.includes('\0')) throw invalid('input.password', 'The password holds a NUL character');
  if (!TLS_MODES.includes(config.tls.mode))
    throw invalid('input.tls.mode', `Unknown TLS mode ${config.tls.mode}`);
  const { ca } = config.tls;
  if (ca !== undefined && (ca.length > CA_CHARACTERS || !ca.includes('-----BEGIN CERTIFICATE-----'))) {
    throw invalid('input.tls.ca', 'The certificate authority is not a certificate in PEM');
  }
}

export function validateOptions(options: TaskOptions): void {
  const integer = (name: keyof TaskOptions, least: number, most: number) =>
    requireInteger(options[name], `input.options.${name}`, least, most);
  integer('retryConnectionMinutes', 10, 1440);
  integer('retryOtherMinutes', 1, 1440);
  if (options.retryOtherMinutes >= options.retryConnectionMinutes) {
    throw invalid(
      'input.options.retryOtherMinutes',
      'retryOtherMinutes must be less than retryConnectionMinutes',
    );
  }
  integer('fullLoadParallelism', 1, 64);
  integer('chunkBytes', 1024, 1024 ** 3);
  integer('changeLogBytes', 1024 ** 2, 1024 ** 5);
  integer('groupBytes', 1024, 256 * 1024 ** 2);
  if (options.conflictMode !== 'REPORT' && options.conflictMode !== 'IGNORE') {
    throw invalid('input.options.conflictMode', 'conflictMode is REPORT or IGNORE');
  }
}

/** Names are well formed, no system database is among them, nothing is selected twice, and no two source objects arrive under one name. */
export function validateSelection(selection: ObjectSelection): void {
  const sources = new Set<string>();
  const targets = new Map<string, boolean>();
  const tables = new Set<string>();
  for (const [i, database] of selection.databases.entries()) {
    const field = `input.objects.databases.${i}`;
    requireDatabaseName(database.name, `${field}.name`);
    if (database.as !== undefined) requireDatabaseName(database.as, `${field}.as`);
    requireNew(sources, database.name, `${field}.name`, 'The database is selected twice');
    const target = database.as ?? database.name;
    const isWhole = database.tables === undefined;
    const otherIsWhole = targets.get(target);
    if (otherIsWhole !== undefined && (isWhole || otherIsWhole)) {
      throw invalid(
        database.as === undefined ? `${field}.name` : `${field}.as`,
        `Two databases arrive as ${target}`,
      );
    }
    targets.set(target, isWhole);
    validateTables(database, target, field, tables);
  }
}

function validateTables(
  database: DatabaseSelection,
  target: string,
  field: string,
  targets: Set<string>,
): void {
  const { tables, excludeTables } = database;
  if (tables !== undefined && excludeTables !== undefined) {
    throw invalid(`${field}.excludeTables`, 'Tables are either selected or left out of the whole database');
  }
  if (tables?.length === 0) throw invalid(`${field}.tables`, 'No table is selected; leave it out for all');
  const names = new Set<string>();
  for (const [i, table] of (tables ?? []).entries()) {
    const at = `${field}.tables.${i}`;
    requireObjectName(table.name, `${at}.name`);
    if (table.as !== undefined) requireObjectName(table.as, `${at}.as`);
    requireNew(names, table.name, `${at}.name`, 'The table is selected twice');
    const name = table.as ?? table.name;
    const nameField = table.as === undefined ? `${at}.name` : `${at}.as`;
    requireNew(targets, `${target}\0${name}`, nameField, `Two tables arrive as ${target}.${name}`);
  }
  for (const [i, name] of (excludeTables ?? []).entries()) {
    requireObjectName(name, `${field}.excludeTables.${i}`);
    requireNew(names, name, `${field}.excludeTables.${i}`, 'The table is left out twice');
  }
}

function requireDatabaseName(name: string, field: string): void {
  requireObjectName(name, field);
  if (systemDatabases.includes(name.toLowerCase())) {
    throw invalid(field, `${name} is a system database: it can neither be a source nor a target of data`);
  }
}

function requireObjectName(name: string, field: string): void {
  requireText(name, field, NAME_CHARACTERS);
  if (name.includes('\0')) throw invalid(field, 'The name holds a NUL character');
  // No engine here allows it, and comparing with PAD SPACE would make two names of it.
  if (name.endsWith(' ')) throw invalid(field, 'The name ends with a space');
}

function requireText(value: string, field: string, most: number): void {
  if (value.length === 0 || value.trim().length === 0) throw invalid(field, 'The field is empty');
  if ([...value].length > most) throw invalid(field, `The field is longer than ${most} characters`);
}

function requireInteger(value: unknown, field: string, least: number, most: number): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    throw invalid(field, `The field must be a whole number from ${least} to ${most}`);
  }
}

function requireNew(seen: Set<string>, value: string, field: string, message: string): void {
  if (seen.has(value)) throw invalid(field, message);
  seen.add(value);
}
