import { Problem } from '@fleetclone/contracts';
import type { z } from 'zod';
import { describeError, isNamed } from '../errors/describe-error';

/** No answer, or one that says nothing about the request (a proxy's page, an overloaded server): worth trying again. */
export class ControllerUnreachableError extends Error {
  override readonly name = 'ControllerUnreachableError';
}

/** The controller itself refused the request. `detail` is for people; `problem.code` is for decisions. */
export class ControllerRefusedError extends Error {
  override readonly name = 'ControllerRefusedError';
  constructor(readonly problem: Problem) {
    super(`${problem.title}${problem.detail === '' ? '' : `: ${problem.detail}`} (${problem.code})`);
  }
}

export interface ControllerClientOptions {
  readonly controllerUrl: string;
  /** Left out only while enrolling. */
  readonly agentToken?: string;
  readonly timeoutMs?: number;
  /** Called at every answer of the controller itself, refusals included. */
  readonly onContact?: () => void;
}

/** Speaks HTTP with the controller, as this agent. */
export class ControllerClient {
  constructor(private readonly options: ControllerClientOptions) {}

  /**
   * Posts one JSON body and reads the answer by its schema (null: nothing is expected). Throws `ControllerUnreachableError` or
   * `ControllerRefusedError`; an answer that does not fit the schema counts as unreachable.
   */
  async post<T>(path: string, body: unknown, reply: z.ZodType<T>): Promise<T>;
  async post(path: string, body: unknown, reply: null): Promise<null>;
  async post<T>(path: string, body: unknown, reply: z.ZodType<T> | null): Promise<T | null> {
    const { response, text } = await this.exchange(path, body);
    if (!response.ok) throw readRefusal(response.status, text);
    this.options.onContact?.();
    if (reply === null) return null;
    const parsed = reply.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new ControllerUnreachableError(
      `the answer to ${path} is not what a controller of this version says`,
    );
  }

  private async exchange(path: string, body: unknown): Promise<{ response: Response; text: string }> {
    const { controllerUrl, agentToken, timeoutMs = 20_000 } = this.options;
    const url = new URL(
      path.replace(/^\//, ''),
      controllerUrl.endsWith('/') ? controllerUrl : `${controllerUrl}/`,
    );
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, application/problem+json',
          ...(agentToken !== undefined && { authorization: `Bearer ${agentToken}` }),
        },
        body: JSON.stringify(body),
        // A redirection could carry the bearer token, or a report, to somebody else.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { response, text: await response.text() };
    } catch (error) {
      throw new ControllerUnreachableError(
        `no answer from ${url.origin}: ${isNamed(error, 'TimeoutError') ? 'it took too long' : describeError(error)}`,
        {
          cause: error,
        },
      );
    }
  }
}

function readRefusal(status: number, text: string): Error {
  const problem = Problem.safeParse(parseJson(text));
  // 5xx and 429 pass by themselves, and an answer that is no problem document is not the controller's.
  if (!problem.success || status >= 500 || status === 429) {
    return new ControllerUnreachableError(`the controller's address answered with status ${status}`);
  }
  return new ControllerRefusedError(problem.data);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
