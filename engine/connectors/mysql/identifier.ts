import type { TableId } from '../../core/table.ts';

/** A name as SQL, whatever characters it holds. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

export const quoteTable = (id: TableId): string => `${quoteName(id.database)}.${quoteName(id.name)}`;

/** Text as a SQL string that no sql_mode and no character set reads otherwise. For the server's own tables and SHOW. */
export const quoteText = (text: string): string => `_utf8mb4 x'${Buffer.from(text, 'utf8').toString('hex')}'`;
