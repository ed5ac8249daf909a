import { z } from 'zod';

/** Stable codes of HTTP errors; scripts may rely on them. */
export const problemCodes = {
  'REQUEST.MALFORMED': { status: 400, title: 'The request does not have the right form' },
  'REQUEST.IDEMPOTENCY_KEY_MISSING': {
    status: 400,
    title: 'The Idempotency-Key header is missing or malformed',
  },
  'REQUEST.TOO_LARGE': { status: 413, title: 'The request is too large' },
  'REQUEST.NOT_FOUND': { status: 404, title: 'There is no such address' },
  'REQUEST.TOO_MANY': { status: 429, title: 'Too many requests' },
  'REQUEST.CROSS_SITE': { status: 403, title: 'The request comes from another site' },
  'AUTH.REQUIRED': { status: 401, title: 'Sign in, or send a valid token' },
  'AUTH.WRONG_CREDENTIALS': { status: 401, title: 'The name or the password is wrong' },
  'AUTH.WRONG_SETUP_CODE': { status: 401, title: 'The set-up code is wrong' },
  'AUTH.WRONG_ENROLMENT_TOKEN': { status: 401, title: 'The enrolment token is unknown, used up or expired' },
  'AUTH.FORBIDDEN': { status: 403, title: 'Not allowed for this role' },
  'SETUP.ALREADY_DONE': { status: 409, title: 'The controller is already set up' },
  'MAC.NOT_FOUND': { status: 404, title: 'There is no such Mac' },
  'MAC.NOT_REACHABLE': { status: 409, title: 'The Mac offers no way in over ssh' },
  'REMOTE.NOT_FOUND': { status: 404, title: 'There is no such remote' },
  'REMOTE.ROOT_NOT_ALLOWED': { status: 409, title: 'The remote does not allow that folder' },
  'CREDENTIAL.NOT_FOUND': { status: 404, title: 'There is no such credential' },
  'PLAN.NOT_FOUND': { status: 404, title: 'There is no such plan' },
  'PLAN.NAME_TAKEN': { status: 409, title: 'The Mac already has a plan of that name' },
  'PLAN.SOURCE_NOT_ALLOWED': { status: 409, title: 'The Mac does not offer that folder for backup' },
  'RUN.NOT_FOUND': { status: 404, title: 'There is no such run' },
  'RUN.KEY_REUSED': { status: 409, title: 'The idempotency key was used for another request' },
  'RUN.ALREADY_FINISHED': { status: 409, title: 'The run has already ended' },
  'TOKEN.NOT_FOUND': { status: 404, title: 'There is no such token' },
  'SERVER.UNAVAILABLE': { status: 503, title: 'A part of the controller is not available' },
  'SERVER.ERROR': { status: 500, title: 'The controller failed' },
} as const satisfies Record<string, { status: number; title: string }>;

export const ProblemCode = z.enum(
  Object.keys(problemCodes) as [keyof typeof problemCodes, ...(keyof typeof problemCodes)[]],
);
export type ProblemCode = z.infer<typeof ProblemCode>;

/** RFC 9457 problem details, with a stable `code` and, for a malformed body, the fields at fault. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: ProblemCode,
    detail: z.string(),
    requestId: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
