import { AbsolutePath } from '@fleetclone/contracts';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { describeError } from '../errors/describe-error';
import { UsageError } from './usage-error';

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

// What an option can hold.
export const text = { type: 'string' } as const;
export const texts = { type: 'string', multiple: true } as const;
export const flag = { type: 'boolean' } as const;

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

/** An absolute path: a relative one is taken from `cwd`. Throws `UsageError`. */
export function checkPath(option: string, schema: z.ZodType<string>, value: string, cwd: string): string {
  if (value === '') throw new UsageError(`${option} must not be empty`);
  return check(option, schema, resolve(cwd, value));
}

export function pathOf(option: string, value: string | undefined, cwd: string): string | undefined {
  return value === undefined ? undefined : checkPath(option, AbsolutePath, value, cwd);
}

export function pathsOf(
  option: string,
  schema: z.ZodType<string>,
  values: readonly string[] | undefined,
  cwd: string,
): string[] | undefined {
  return values?.map((value) => checkPath(option, schema, value, cwd));
}
