import { Problem } from '@fleetclone/contracts';
import { z } from 'zod';
import { ApiProblemError, ControllerUnreachableError, UnexpectedReplyError } from './errors';
import { noteHeard, noteUnreachable } from './reachability';

const timeoutMs = 20_000;

type Method = 'GET' | 'POST' | 'DELETE';
type Query = Readonly<Record<string, string | number | undefined>>;

interface Call<Reply extends z.ZodType> {
  readonly method: Method;
  readonly path: string;
  readonly reply: Reply;
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What a reply without a body parses as. */
export const NoReply = z.undefined();

/** The address of an API path, with the query's defined values. */
export function apiAddress(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const search = new URLSearchParams(given).toString();
  return `/api/v1${path}${search && `?${search}`}`;
}

async function send(call: Call<z.ZodType>): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(apiAddress(call.path, call.query), {
      method: call.method,
      credentials: 'same-origin',
      signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
      headers: {
        accept: 'application/json',
        // No other site can send this header without asking first: it shows that the request is the console's own.
        ...(call.method !== 'GET' && { 'x-fleetclone-console': '1', 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(call.method === 'POST' && { body: JSON.stringify(call.body ?? {}) }),
    });
  } catch (error) {
    if (call.signal?.aborted) throw error;
    noteUnreachable();
    throw new ControllerUnreachableError('no answer', { cause: error });
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UnexpectedReplyError('not JSON', { cause: error });
  }
}

async function failureOf(response: Response): Promise<Error> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  if (!isProblem && [502, 503, 504].includes(response.status)) {
    // A proxy stands before a controller that is down.
    noteUnreachable();
    return new ControllerUnreachableError(`status ${response.status}`);
  }
  const problem = isProblem ? Problem.safeParse(await readJson(response)) : undefined;
  if (problem?.success) return new ApiProblemError(problem.data);
  return new UnexpectedReplyError(`status ${response.status}`);
}

/**
 * One request to the controller; the reply is parsed with its schema. Throws `ApiProblemError`, `ControllerUnreachableError` or
 * `UnexpectedReplyError`.
 */
export async function callApi<Reply extends z.ZodType>(call: Call<Reply>): Promise<z.output<Reply>> {
  const response = await send(call);
  if (!response.ok) throw await failureOf(response);
  noteHeard(Date.now());
  const parsed = call.reply.safeParse(await readJson(response));
  if (!parsed.success) throw new UnexpectedReplyError(parsed.error.message, { cause: parsed.error });
  return parsed.data;
}
