import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  type Audience,
  audienceKey,
  type AuthenticatedRequest,
  includesRole,
  type Principal,
} from '../platform/http/principal';
import { ProblemError } from '../platform/http/problem-error';
import { Authenticate } from './authenticate';
import { consoleHeader, sessionCookieNames } from './session-cookie';

/** On every route: nobody gets in but by a credential of the right kind and role, except where a route says that it is public. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticate: Authenticate,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const audience =
      this.reflector.getAllAndOverride<Audience | undefined>(audienceKey, [
        context.getHandler(),
        context.getClass(),
      ]) ?? defaultAudience(request.method);
    if (audience.kind === 'public') return true;
    const principal = await this.principalOf(request);
    if (principal === null) {
      throw new ProblemError(
        'AUTH.REQUIRED',
        'This route needs a session, an API token or, for agents, the agent’s own token.',
      );
    }
    assertAllowed(principal, audience);
    request.principal = principal;
    return true;
  }

  private async principalOf(request: AuthenticatedRequest): Promise<Principal | null> {
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) {
      return bearer.startsWith('fleetclone_agent_')
        ? this.authenticate.byAgentToken(bearer)
        : this.authenticate.byApiToken(bearer);
    }
    const cookies = request.cookies as Readonly<Record<string, string | undefined>>;
    const session = sessionCookieNames.map((name) => cookies[name]).find((value) => value !== undefined);
    if (session === undefined) return null;
    const principal = await this.authenticate.bySession(session);
    if (principal !== null) assertSameSite(request);
    return principal;
  }
}

function defaultAudience(method: string): Audience {
  return { kind: 'role', role: method === 'GET' || method === 'HEAD' ? 'viewer' : 'admin' };
}

function assertAllowed(principal: Principal, audience: Exclude<Audience, { kind: 'public' }>): void {
  const isAllowed =
    audience.kind === 'agent'
      ? principal.kind === 'agent'
      : principal.kind !== 'agent' && includesRole(principal.role, audience.role);
  if (!isAllowed) {
    const needs =
      audience.kind === 'agent' ? 'This route is for agents.' : `This needs the role ${audience.role}.`;
    throw new ProblemError('AUTH.FORBIDDEN', needs);
  }
}

/** A cookie goes along with requests that other sites make; a header of our own does not, as we allow no other origin. */
function assertSameSite(request: AuthenticatedRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const site = request.headers['sec-fetch-site'];
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (isForeign || request.headers[consoleHeader] === undefined) {
    throw new ProblemError(
      'REQUEST.CROSS_SITE',
      'Changes with a session cookie are taken from the console only; scripts use an API token.',
    );
  }
}
