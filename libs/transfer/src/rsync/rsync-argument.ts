/** One element of the argument list, and why it is there. */
export interface RsyncArgument {
  readonly argument: string;
  readonly reason: string;
}

export function arg(argument: string, reason: string): RsyncArgument {
  return { argument, reason };
}
