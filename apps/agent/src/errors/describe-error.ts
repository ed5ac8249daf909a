/** What an error says, its cause included, in one line. Errors of Node's own may come from another realm. */
export function describeError(error: unknown): string {
  const message = readText(error, 'message') ?? String(error);
  const cause = isObject(error) && 'cause' in error ? readText(error.cause, 'message') : undefined;
  return (cause === undefined ? message : `${message} (${cause})`).replace(/\s+/g, ' ').slice(0, 500);
}

/** Whether an error has that name. */
export function isNamed(error: unknown, name: string): boolean {
  return readText(error, 'name') === name;
}

function readText(value: unknown, field: 'message' | 'name'): string | undefined {
  if (!isObject(value) || !(field in value)) return undefined;
  const text = value[field];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function isObject(value: unknown): value is Record<'message' | 'name' | 'cause', unknown> {
  return typeof value === 'object' && value !== null;
}
