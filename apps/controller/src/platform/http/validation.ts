import { StandardSchemaValidationPipe } from '@nestjs/common';
import { ProblemError } from './problem-error';

/** Checks every parameter that has a schema; a fault names its field. */
export const validationPipe = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    new ProblemError(
      'REQUEST.MALFORMED',
      'See errors for the fields at fault.',
      issues.slice(0, 50).map((issue) => ({ field: fieldName(issue.path), message: issue.message })),
    ),
});

function fieldName(path: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined): string {
  const parts = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return parts.length === 0 ? '(body)' : parts.join('.');
}
