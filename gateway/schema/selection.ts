import type { DatabaseSelection, ObjectSelection, TableSelection } from '../../engine/index.ts';
import { builder } from './builder.ts';
import * as rules from './rules.ts';

const SelectedTable = builder.objectRef<TableSelection>('SelectedTable').implement({
  description: 'A table that a task carries.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name at the source.' }),
    as: t.string({
      nullable: true,
      description: 'Its name at the target; null for the same name.',
      resolve: ({ as }) => as ?? null,
    }),
  }),
});

const SelectedDatabase = builder.objectRef<DatabaseSelection>('SelectedDatabase').implement({
  description: 'A database of which a task carries something.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name at the source.' }),
    as: t.string({
      nullable: true,
      description: 'Its name at the target; null for the same name.',
      resolve: ({ as }) => as ?? null,
    }),
    tables: t.field({
      type: [SelectedTable],
      nullable: true,
      description: 'Its tables that are carried; null for the whole database, also what is created later.',
      resolve: ({ tables }) => tables ?? null,
    }),
    excludeTables: t.stringList({
      description: 'Tables left out of a whole database.',
      resolve: ({ excludeTables }) => [...(excludeTables ?? [])],
    }),
  }),
});

export const ObjectSelectionType = builder.objectRef<ObjectSelection>('ObjectSelection').implement({
  description: 'Which objects a task carries, and under which names they arrive.',
  fields: (t) => ({
    databases: t.field({
      type: [SelectedDatabase],
      description: 'The databases.',
      resolve: ({ databases }) => databases,
    }),
  }),
});

const TableSelectionInput = builder.inputType('TableSelectionInput', {
  description: 'A table to carry.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name at the source.', validate: rules.identifier }),
    as: t.string({
      required: false,
      description: 'Its name at the target; absent for the same name.',
      validate: rules.identifier,
    }),
  }),
});

const DatabaseSelectionInput = builder.inputType('DatabaseSelectionInput', {
  description: 'A database to carry, whole or in part.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name at the source.', validate: rules.identifier }),
    as: t.string({
      required: false,
      description: 'Its name at the target; absent for the same name.',
      validate: rules.identifier,
    }),
    tables: t.field({
      type: [TableSelectionInput],
      required: false,
      description: 'The tables to carry; absent for the whole database, also what is created later.',
      validate: rules.tableList,
    }),
    excludeTables: t.stringList({
      required: false,
      description: 'Tables to leave out of a whole database.',
      validate: rules.identifierList,
    }),
  }),
});

export const ObjectSelectionInput = builder.inputType('ObjectSelectionInput', {
  description: 'Which objects to carry, and under which names they arrive.',
  fields: (t) => ({
    databases: t.field({
      type: [DatabaseSelectionInput],
      required: true,
      description: 'The databases.',
      validate: rules.databaseList,
    }),
  }),
});

type Shape = typeof ObjectSelectionInput.$inferInput;

/** The selection of the engine, without the nulls of GraphQL. */
export const selectionOf = ({ databases }: Shape): ObjectSelection => ({
  databases: databases.map(({ name, as, tables, excludeTables }) => ({
    name,
    ...(as == null ? {} : { as }),
    ...(tables == null
      ? {}
      : {
          tables: tables.map((table) => ({
            name: table.name,
            ...(table.as == null ? {} : { as: table.as }),
          })),
        }),
    ...(excludeTables == null ? {} : { excludeTables }),
  })),
});
