import type { Role } from '@fleetclone/contracts';
import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';

/** Who asks. */
export type Principal =
  | {
      readonly kind: 'person';
      readonly id: string;
      readonly name: string;
      readonly role: Role;
      readonly sessionId: string;
    }
  | { readonly kind: 'script'; readonly id: string; readonly name: string; readonly role: Role }
  | { readonly kind: 'agent'; readonly macId: string };

/** A person or a script: somebody with a role. */
export type Actor = Exclude<Principal, { kind: 'agent' }>;

export type AuthenticatedRequest = Request & { principal?: Principal; id?: string };

export const audienceKey = 'fleetclone:audience';

/** Whom a route is for. A route without any of these is for admins only (for viewers when it only reads). */
export type Audience =
  { readonly kind: 'public' } | { readonly kind: 'agent' } | { readonly kind: 'role'; readonly role: Role };

/** Needs no credential at all. Every use is listed in a test. */
export const Public = () => SetMetadata(audienceKey, { kind: 'public' } satisfies Audience);
/** For enrolled agents, with their own credential. */
export const ForAgents = () => SetMetadata(audienceKey, { kind: 'agent' } satisfies Audience);
/** For people and scripts of at least this role. */
export const ForRole = (role: Role) => SetMetadata(audienceKey, { kind: 'role', role } satisfies Audience);

const ranks = { viewer: 0, operator: 1, admin: 2 } as const satisfies Record<Role, number>;

/** Whether a role includes another. */
export function includesRole(has: Role, needs: Role): boolean {
  return ranks[has] >= ranks[needs];
}

/** The person or script behind a request. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (principal === undefined || principal.kind === 'agent') throw new TypeError('the route has no actor');
  return principal;
});

/** The Mac whose agent sent a request. */
export const CurrentMacId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (principal?.kind !== 'agent') throw new TypeError('the route has no agent');
  return principal.macId;
});

/** How a person or script is shown to people. */
export function displayActor(actor: Actor): string {
  return actor.kind === 'person' ? actor.name : `API token ${actor.name}`;
}

/** How a person or script stands in the audit log. */
export function actorName(actor: Actor): string {
  return `${actor.kind}:${actor.name}`;
}
