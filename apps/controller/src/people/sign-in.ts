import { Role, type SessionView, type SetupRequest, type SignInRequest } from '@fleetclone/contracts';
import { Injectable } from '@nestjs/common';
import { recordAudit } from '../audit';
import { ProblemError } from '../platform/http/problem-error';
import { Prisma } from '../platform/prisma/prisma';
import { hashToken, makeToken } from '../platform/tokens';
import { hashPassword, isPasswordRight } from './passwords';
import { SetupCode } from './setup-code';

const sessionDays = 7;

export interface StartedSession {
  readonly token: string;
  readonly expiresAt: Date;
  readonly view: SessionView;
}

/** First start, sign-in and sign-out of people. */
@Injectable()
export class SignIn {
  constructor(
    private readonly prisma: Prisma,
    private readonly setupCode: SetupCode,
  ) {}

  async isSetUp(): Promise<boolean> {
    return (await this.prisma.user.count()) > 0;
  }

  /** Makes the first admin. The count and the insert are one serialised transaction: of two at once, one wins. */
  async setUp(request: SetupRequest): Promise<StartedSession> {
    if (await this.isSetUp())
      throw new ProblemError('SETUP.ALREADY_DONE', 'There is an admin already: sign in instead.');
    if (!this.setupCode.matches(request.code)) {
      throw new ProblemError(
        'AUTH.WRONG_SETUP_CODE',
        'Use the code that the controller printed when it started.',
      );
    }
    const passwordHash = await hashPassword(request.password);
    const user = await this.prisma.$transaction(async (database) => {
      await database.$executeRaw`LOCK TABLE "User" IN EXCLUSIVE MODE`;
      if ((await database.user.count()) > 0)
        throw new ProblemError('SETUP.ALREADY_DONE', 'There is an admin already: sign in instead.');
      const created = await database.user.create({
        data: { name: request.name, email: request.email, passwordHash, role: Role.enum.admin },
      });
      await recordAudit(database, {
        actor: `person:${created.name}`,
        action: 'controller.set-up',
        subject: `user:${created.id}`,
      });
      return created;
    });
    return this.startSession(user);
  }

  async execute(request: SignInRequest): Promise<StartedSession> {
    const user = await this.prisma.user.findUnique({ where: { email: request.email } });
    const isRight = await isPasswordRight(request.password, user?.passwordHash ?? null);
    if (user === null || !isRight) {
      await recordAudit(this.prisma, {
        actor: `person:${request.email}`,
        action: 'session.refuse',
        subject: 'session',
      });
      throw new ProblemError('AUTH.WRONG_CREDENTIALS', 'Check the e-mail address and the password.');
    }
    return this.startSession(user);
  }

  async end(sessionId: string): Promise<void> {
    await this.prisma.session.deleteMany({ where: { id: sessionId } });
  }

  async view(sessionId: string): Promise<SessionView> {
    const session = await this.prisma.session.findUnique({
      where: { id: sessionId },
      include: { user: true },
    });
    if (session === null) throw new ProblemError('AUTH.REQUIRED', 'The session has ended.');
    return presentSession(session.user, session.expiresAt);
  }

  private async startSession(user: UserRow): Promise<StartedSession> {
    const token = makeToken('session');
    const expiresAt = new Date(Date.now() + sessionDays * 86_400_000);
    await this.prisma.$transaction(async (database) => {
      await database.session.deleteMany({ where: { expiresAt: { lt: new Date() } } });
      await database.session.create({ data: { tokenHash: hashToken(token), userId: user.id, expiresAt } });
      await recordAudit(database, {
        actor: `person:${user.name}`,
        action: 'session.start',
        subject: `user:${user.id}`,
      });
    });
    return { token, expiresAt, view: presentSession(user, expiresAt) };
  }
}

interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

function presentSession({ id, name, email, role }: UserRow, expiresAt: Date): SessionView {
  return { user: { id, name, email, role }, expiresAt: expiresAt.toISOString() };
}
