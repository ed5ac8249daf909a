/** The command line makes no sense as it stands; the message is one line for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for cannot be done here and now; the message is one line for people. */
export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError';
}
