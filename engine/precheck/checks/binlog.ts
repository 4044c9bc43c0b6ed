import { type Check, fail, isOn, warn } from '../check.ts';

const SHORT_RETENTION_SECONDS = 86_400;

/** Settings of the source's binary log. */
export const binlogChecks: readonly Check[] = [
  {
    name: 'source.log_bin',
    title: 'The source writes a binary log',
    find: ({ source }) =>
      source.logEnabled
        ? undefined
        : fail(
            'The source writes no binary log.',
            'Set log_bin in the configuration and restart the source.',
          ),
  },
  {
    name: 'source.binlog_format',
    title: 'The binary log holds rows',
    find: ({ source }) => {
      const format = source.variables.binlog_format?.toUpperCase();
      // MySQL beyond 9 may drop the variable: rows are then all there is.
      return format === undefined || format === 'ROW'
        ? undefined
        : fail(
            `binlog_format is ${format}: statements cannot be repeated exactly.`,
            "Set binlog_format = 'ROW' globally and in the configuration, and let the sessions reconnect.",
          );
    },
  },
  {
    name: 'source.binlog_row_image',
    title: 'The binary log holds full rows',
    find: ({ source, task }) => {
      const image = source.variables.binlog_row_image?.toUpperCase();
      return image === undefined || image === 'FULL'
        ? undefined
        : warn(
            `binlog_row_image is ${image}: changes are applied row by row where whole rows are missing, which is slower.`,
            task.options.conflictMode === 'IGNORE'
              ? "Set binlog_row_image = 'FULL', or drop further unique keys of tables that the target has already: until the copy is done, values that change their owner can be in conflict there."
              : "Set binlog_row_image = 'FULL'.",
          );
    },
  },
  {
    name: 'source.binlog_row_value_options',
    title: 'Parts of JSON documents are logged with full rows only',
    find: ({ source, target }) => {
      const { binlog_row_value_options: options, binlog_row_image: image } = source.variables;
      if (/PARTIAL_JSON/i.test(options ?? '') && !target.patchesJson)
        return fail(
          'binlog_row_value_options is PARTIAL_JSON: the target cannot change parts of documents as MySQL does.',
          "Set binlog_row_value_options = '', and let the sessions reconnect.",
        );
      return !/PARTIAL_JSON/i.test(options ?? '') || image?.toUpperCase() === 'FULL'
        ? undefined
        : fail(
            `binlog_row_value_options is PARTIAL_JSON and binlog_row_image ${image}: a changed document may be logged without the one it came from.`,
            "Set binlog_row_image = 'FULL', or binlog_row_value_options = '', and let the sessions reconnect.",
          );
    },
  },
  {
    name: 'source.prepared_transactions',
    title: 'No XA transaction is left prepared',
    find: ({ source }) => {
      const count = source.preparedTransactions ?? 0;
      // With GTIDs a prepared transaction keeps its place in the position until it ends.
      const lasting = source.flavour === 'MySQL' && source.globalPositions;
      return count === 0 || lasting
        ? undefined
        : warn(
            `${count} XA transactions are prepared: if they change selected tables, the task stops when they are committed.`,
            'End them (XA RECOVER shows them) before the task starts, or use MySQL with gtid_mode = ON.',
          );
    },
  },
  {
    name: 'source.server_id',
    title: 'The source has a server id',
    find: ({ source }) =>
      Number(source.variables.server_id ?? 0) > 0
        ? undefined
        : fail(
            'server_id is 0: the source serves no readers of its log.',
            'Set server_id to a number of its own.',
          ),
  },
  {
    name: 'source.gtid_mode',
    title: 'Transactions have global identifiers',
    find: ({ source }) =>
      source.globalPositions
        ? undefined
        : warn(
            `gtid_mode is ${source.variables.gtid_mode ?? 'unknown'}: after a failover of the source everything must be copied again.`,
            'Set gtid_mode = ON and enforce_gtid_consistency = ON.',
          ),
  },
  {
    name: 'source.binlog_retention',
    title: 'The binary log is kept long enough',
    find: ({ source }) => {
      const seconds = source.logRetentionSeconds;
      return seconds === undefined || seconds >= SHORT_RETENTION_SECONDS
        ? undefined
        : warn(
            `The binary log is kept for ${seconds} seconds: a longer stop of the task needs a new copy.`,
            'Set binlog_expire_logs_seconds (before 8.0 expire_logs_days) to several days.',
          );
    },
  },
  {
    name: 'source.binlog_filters',
    title: 'The binary log leaves out no selected database',
    find: ({ source }) =>
      source.filteredDatabases.length === 0
        ? undefined
        : fail(
            'binlog_do_db or binlog_ignore_db keeps selected databases out of the binary log.',
            'Remove the filters from the configuration and restart the source.',
            source.filteredDatabases,
          ),
  },
  {
    name: 'source.log_replica_updates',
    title: 'A source that is a replica logs what it replicates',
    find: ({ source }) => {
      const { variables } = source;
      return !source.replica || isOn(variables.log_replica_updates ?? variables.log_slave_updates)
        ? undefined
        : fail(
            'The source is a replica and does not log the changes that it gets from its own source.',
            'Set log_replica_updates (log_slave_updates) = ON and restart the source.',
          );
    },
  },
];
