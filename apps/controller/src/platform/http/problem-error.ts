import type { ProblemCode } from '@fleetclone/contracts';

/** A refusal with a stable code. The HTTP status belongs to the code and is looked up in one place, the filter. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly fields: readonly { readonly field: string; readonly message: string }[] = [],
  ) {
    super(`${code}: ${detail}`);
  }
}
