import { Annotations } from 'cdktf';
import type { Construct } from 'constructs';

/** The CLI of CDKTF sets it, and shows annotations itself. */
const SHOWN_BY_CLI = 'CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS';

/**
 * Warns of the construct: by an annotation, and when it is synthesized on the standard error, because a program that runs without the CLI
 * of CDKTF would leave the annotation in `manifest.json`, where nobody looks. The same warning is told once. It may come from a validation too,
 * of a construct above this one.
 */
export function warn(construct: Construct, message: string): void {
  if (construct.node.metadata.some(({ data }) => data === message)) return;
  Annotations.of(construct).addWarning(message);
  let isTold = process.env[SHOWN_BY_CLI] !== undefined;
  construct.node.addValidation({
    validate() {
      if (!isTold) process.stderr.write(`Warning: [${construct.node.path}] ${message}\n`);
      isTold = true;
      return [];
    },
  });
}
