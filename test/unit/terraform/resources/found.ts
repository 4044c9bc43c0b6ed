import type { Diagnostics, Finding } from '../../../../terraform/provider/protocol/contracts/diagnostics.ts';

/** Diagnostics that are kept for looking at. */
export class Found implements Diagnostics {
  readonly errors: Finding[] = [];
  readonly warnings: Finding[] = [];

  error(finding: Finding): void {
    this.errors.push(finding);
  }

  warning(finding: Finding): void {
    this.warnings.push(finding);
  }

  get hasErrors(): boolean {
    return this.errors.length > 0;
  }
}
