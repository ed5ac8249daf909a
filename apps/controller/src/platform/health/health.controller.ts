import { Controller, Get, HttpCode, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { Logger } from 'pino';
import { Public } from '../http/principal';
import { ProblemError } from '../http/problem-error';
import { loggerToken } from '../injection';
import { Prisma } from '../prisma/prisma';
import { Mailboxes } from '../redis/mailboxes';

const checkMs = 2_000;

@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    private readonly prisma: Prisma,
    private readonly mailboxes: Mailboxes,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {}

  /** The process answers. Says nothing of its database: restarting the controller would not mend that. */
  @Public()
  @Get('livez')
  @HttpCode(200)
  @ApiOkResponse()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The process can do its work: database and Redis answer. */
  @Public()
  @Get('readyz')
  @ApiOkResponse()
  @ApiServiceUnavailableResponse()
  async ready(): Promise<{ status: 'ok'; database: 'ok'; redis: 'ok' }> {
    const [database, redis] = await Promise.all([
      this.answers('database', async () => (await this.prisma.$queryRaw`SELECT 1`) !== null),
      this.answers('redis', () => this.mailboxes.isAlive()),
    ]);
    if (!database || !redis) {
      const away = [!database && 'the database', !redis && 'Redis'].filter(Boolean).join(' and ');
      throw new ProblemError('SERVER.UNAVAILABLE', `No answer from ${away}.`);
    }
    return { status: 'ok', database: 'ok', redis: 'ok' };
  }

  private async answers(part: string, check: () => Promise<boolean>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((done) => (timer = setTimeout(() => done(false), checkMs)));
    try {
      return await Promise.race([check(), late]);
    } catch (err) {
      this.logger.warn({ err, part }, 'not ready');
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
