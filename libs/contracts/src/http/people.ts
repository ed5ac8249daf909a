import { z } from 'zod';
import { DisplayName, Instant } from '../primitives';

/** What somebody may do: a viewer looks, an operator runs, an admin changes the fleet. */
export const Role = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

const Email = z.email().max(254).toLowerCase();
/** No composition rules; length only (NIST SP 800-63B). */
const NewPassword = z.string().min(12, 'must be at least 12 characters').max(256);

export const SetupStatus = z.object({ isSetUp: z.boolean() }).meta({ id: 'SetupStatus' });
export type SetupStatus = z.infer<typeof SetupStatus>;

/** Make the first admin, with the code that the controller printed at its first start. */
export const SetupRequest = z
  .object({ code: z.string().max(64), name: DisplayName, email: Email, password: NewPassword })
  .meta({ id: 'SetupRequest' });
export type SetupRequest = z.infer<typeof SetupRequest>;

export const SignInRequest = z
  .object({ email: Email, password: z.string().max(256) })
  .meta({ id: 'SignInRequest' });
export type SignInRequest = z.infer<typeof SignInRequest>;

export const SessionView = z
  .object({
    user: z.object({ id: z.uuid(), name: z.string(), email: z.string(), role: Role }),
    expiresAt: Instant,
  })
  .meta({ id: 'SessionView' });
export type SessionView = z.infer<typeof SessionView>;

export const CreateApiToken = z
  .object({ name: DisplayName, role: Role, expiresInDays: z.int().min(1).max(730).default(90) })
  .meta({ id: 'CreateApiToken' });
export type CreateApiToken = z.infer<typeof CreateApiToken>;

export const ApiTokenView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: Role,
    createdAt: Instant,
    expiresAt: Instant,
    lastUsedAt: Instant.nullable(),
  })
  .meta({ id: 'ApiTokenView' });
export type ApiTokenView = z.infer<typeof ApiTokenView>;

/** The only answer that ever holds the token itself. */
export const CreatedApiToken = ApiTokenView.extend({ token: z.string() }).meta({ id: 'CreatedApiToken' });
export type CreatedApiToken = z.infer<typeof CreatedApiToken>;
