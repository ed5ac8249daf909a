import { Injectable } from '@nestjs/common';
import type { Principal } from '../platform/http/principal';
import { Prisma } from '../platform/prisma/prisma';
import { hashToken } from '../platform/tokens';

/** A session ends after this long without use, whatever its absolute end. */
const sessionIdleMs = 12 * 3_600_000;
/** Uses are written down no more often than this. */
const usageResolutionMs = 60_000;

/** Turns a presented token into who presents it; null when it is unknown, ended or revoked. */
@Injectable()
export class Authenticate {
  constructor(private readonly prisma: Prisma) {}

  async bySession(token: string): Promise<Principal | null> {
    const session = await this.prisma.session.findUnique({
      where: { tokenHash: hashToken(token) },
      include: { user: true },
    });
    const now = Date.now();
    if (
      session === null ||
      session.expiresAt.getTime() < now ||
      session.usedAt.getTime() + sessionIdleMs < now
    )
      return null;
    if (now - session.usedAt.getTime() > usageResolutionMs) {
      await this.prisma.session.updateMany({ where: { id: session.id }, data: { usedAt: new Date(now) } });
    }
    const { user } = session;
    return { kind: 'person', id: user.id, name: user.name, role: user.role, sessionId: session.id };
  }

  async byApiToken(token: string): Promise<Principal | null> {
    const found = await this.prisma.apiToken.findUnique({ where: { tokenHash: hashToken(token) } });
    const now = Date.now();
    if (found === null || found.expiresAt.getTime() < now) return null;
    if (now - (found.lastUsedAt?.getTime() ?? 0) > usageResolutionMs) {
      await this.prisma.apiToken.updateMany({ where: { id: found.id }, data: { lastUsedAt: new Date(now) } });
    }
    return { kind: 'script', id: found.id, name: found.name, role: found.role };
  }

  async byAgentToken(token: string): Promise<Principal | null> {
    const mac = await this.prisma.mac.findUnique({
      where: { agentTokenHash: hashToken(token) },
      select: { id: true },
    });
    return mac === null ? null : { kind: 'agent', macId: mac.id };
  }
}
