import type { PrecheckItem, PrecheckReport } from '../../engine/index.ts';
import { builder } from './builder.ts';
import { GradeEnum } from './enums.ts';
import * as rules from './rules.ts';

export const PrecheckItemType = builder.objectRef<PrecheckItem>('PrecheckItem').implement({
  description: 'One check.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Stable name, for example `source.binlog_format`.' }),
    grade: t.expose('grade', { type: GradeEnum, description: 'Its outcome.' }),
    title: t.exposeString('title', { description: 'What is checked.' }),
    message: t.exposeString('message', { description: 'What was found.' }),
    remedy: t.exposeString('remedy', { description: 'What to do about it; empty when it passed.' }),
    objects: t.stringList({
      description: 'Database objects at fault.',
      resolve: ({ objects }) => [...objects],
    }),
  }),
});

export const PrecheckReportType = builder.objectRef<PrecheckReport>('PrecheckReport').implement({
  description: 'The latest precheck of a task.',
  fields: (t) => ({
    taskId: t.exposeID('taskId', { description: 'The task.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null while it runs.',
      resolve: ({ finishedAt }) => finishedAt ?? null,
    }),
    passed: t.exposeBoolean('passed', { description: 'True when no check failed.' }),
    items: t.field({
      type: [PrecheckItemType],
      description: 'The checks.',
      complexity: { field: 1, multiplier: 30 },
      resolve: ({ items }) => items,
    }),
  }),
});

builder.queryField('precheckReport', (t) =>
  t.field({
    type: PrecheckReportType,
    nullable: true,
    description: 'The latest precheck of a task; null when there is none.',
    authScopes: { read: true },
    args: { taskId: t.arg.id({ required: true, description: 'The task.', validate: rules.objectId }) },
    resolve: (_root, { taskId }, { engine }) => engine.tasks.precheckReport(taskId) ?? null,
  }),
);
