import type { z } from 'zod';

/** Calls the controller as a script would: with an API token, parsing what comes back. */
export class ApiClient {
  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    return this.call('GET', path, schema);
  }

  post<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<z.output<Schema>> {
    return this.call('POST', path, schema, body, headers);
  }

  private async call<Schema extends z.ZodType>(
    method: string,
    path: string,
    schema: Schema,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<z.output<Schema>> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...this.headers,
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return schema.parse(JSON.parse(text));
  }
}
