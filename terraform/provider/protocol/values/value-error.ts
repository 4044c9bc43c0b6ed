import type { Path } from '../contracts/diagnostics.ts';

/** A value does not fit its type. */
export class ValueError extends Error {
  /** Where in the value, outermost first. */
  readonly path: Path;

  constructor(message: string, path: Path) {
    super(message);
    this.name = 'ValueError';
    this.path = path;
  }
}
