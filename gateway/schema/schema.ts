import { lexicographicSortSchema, printSchema } from 'graphql';
import { builder } from './builder.ts';
import './audit.ts';
import './capabilities.ts';
import './endpoint.ts';
import './endpoint-mutations.ts';
import './errors.ts';
import './events.ts';
import './precheck.ts';
import './precheck-preview.ts';
import './scalars.ts';
import './source-objects.ts';
import './task.ts';
import './task-mutations.ts';
import './task-objects.ts';
import './task-operations.ts';
import './task-retry.ts';
import './tokens.ts';

export const schema = builder.toSchema();

/** The text of schema.graphql: the same for the same schema, whatever the order of its definition. */
export const printed = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
