/** Writes docs/error-codes.md from the catalog; with --check only says whether it is in step. */
import fs from 'node:fs';
import { type ErrorCode, errorCatalog, errorCodes, type RetryClass } from './errors.ts';

const FILE = new URL('../../docs/error-codes.md', import.meta.url);

const RETRIES: Record<RetryClass, string> = {
  connection: 'connection window',
  other: 'other window',
  never: 'no',
};

const HEAD = `# Error codes

Generated from \`engine/core/errors.ts\` by \`npm run docs\`; do not edit.

The API, the logs and the Terraform provider print the same codes. "Retried" says which retry window of the task a failure
spends (by default 720 minutes for connections, 10 minutes for others); when the window is spent, or where nothing is retried, the task stops in ERROR and
goes on from its checkpoint with \`retryTask\`.

| Code | What happened | What to do | Retried |
| --- | --- | --- | --- |
`;

/** The page that describes every code. */
export function errorCodesPage(): string {
  return `${HEAD}${errorCodes.map(row).join('\n')}\n`;
}

function row(code: ErrorCode): string {
  const { summary, remedy, retry } = errorCatalog[code];
  const cells = [`\`${code}\``, summary, remedy, RETRIES[retry]];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Whether docs/error-codes.md says what the catalog says. */
export function errorCodesInStep(): boolean {
  return fs.existsSync(FILE) && fs.readFileSync(FILE, 'utf8') === errorCodesPage();
}

if (import.meta.main) {
  if (!process.argv.includes('--check')) {
    fs.writeFileSync(FILE, errorCodesPage());
  } else if (!errorCodesInStep()) {
    process.stderr.write(
      'docs/error-codes.md is out of step with engine/core/errors.ts; run `npm run docs`\n',
    );
    process.exitCode = 1;
  }
}
