import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { describeError } from '../errors/describe-error';
import { UsageError } from './usage-error';

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

/** Options, and plain arguments if the command has any. Throws `UsageError`. */
export function parseOptions<Known extends Options>(
  args: readonly string[],
  options: Known,
  form: 'options-only' | 'with-arguments' = 'options-only',
) {
  try {
    return parseArgs({
      args: [...args],
      options,
      strict: true,
      allowPositionals: form === 'with-arguments',
    });
  } catch (error) {
    // Node's message goes on with advice that only fits programs with free arguments.
    const [message = ''] = describeError(error).split(/\. /);
    throw new UsageError(message);
  }
}

/** The value as its schema makes it; throws `UsageError`, which names the option. */
export function check<T>(option: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${option} ${parsed.error.issues[0]?.message ?? 'is not valid'}`);
}
