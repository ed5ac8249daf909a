import { Problem } from '@fleetclone/contracts';

/** The controller said no, and why: its problem document. */
export class ApiProblemError extends Error {
  override readonly name = 'ApiProblemError';

  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

/** The controller could not be reached, or something in between answered in its stead. */
export class ControllerUnreachableError extends Error {
  override readonly name = 'ControllerUnreachableError';
}

/** The controller answered in a form that this console does not know: usually a console and a controller of different versions. */
export class UnexpectedReplyError extends Error {
  override readonly name = 'UnexpectedReplyError';
}

/** True when nobody is signed in, or no longer; not for a wrong password or set-up code. */
export function isSessionMissing(error: unknown): boolean {
  return error instanceof ApiProblemError && error.problem.code === 'AUTH.REQUIRED';
}

/** True when the address is right in form but names nothing that there is. */
export function isNotFound(error: unknown): boolean {
  // A malformed id in the address is, to the person reading, the same as an unknown one.
  return error instanceof ApiProblemError && [400, 404].includes(error.problem.status);
}

/** True when asking again, unchanged, may work. */
export function isWorthRetrying(error: unknown): boolean {
  if (error instanceof ControllerUnreachableError) return true;
  return error instanceof ApiProblemError && error.problem.code === 'SERVER.UNAVAILABLE';
}

/** An error in words for people: a headline and what is known beyond it. */
export function describeError(error: unknown): { title: string; detail: string } {
  if (error instanceof ApiProblemError) {
    const { title, detail, errors } = error.problem;
    const fields = errors?.map((each) => `${each.field}: ${each.message}`).join('; ');
    return { title, detail: [detail === title ? '' : detail, fields].filter(Boolean).join(' ') };
  }
  if (error instanceof ControllerUnreachableError) {
    return {
      title: 'The controller cannot be reached',
      detail: 'Nothing was lost. Check that it runs and that this computer has a network, then try again.',
    };
  }
  if (error instanceof UnexpectedReplyError) {
    return {
      title: 'The controller answered in an unknown form',
      detail:
        'Console and controller may be of different versions. Reload the page; if that does not help, restart the controller.',
    };
  }
  return { title: 'Something went wrong in the console', detail: 'Reload the page and try again.' };
}

/** The fields at fault in a request that the controller found malformed, by name. */
export function fieldErrorsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiProblemError)) return {};
  return Object.fromEntries((error.problem.errors ?? []).map(({ field, message }) => [field, message]));
}
