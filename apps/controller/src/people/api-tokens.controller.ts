import { ApiTokenView, CreateApiToken, CreatedApiToken, pageOf } from '@fleetclone/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { recordAudit } from '../audit';
import { type Actor, actorName, CurrentActor, ForRole } from '../platform/http/principal';
import { ProblemError } from '../platform/http/problem-error';
import { Prisma } from '../platform/prisma/prisma';
import { hashToken, makeToken } from '../platform/tokens';

const ApiTokenPage = pageOf(ApiTokenView).meta({ id: 'ApiTokenPage' });
type ApiTokenPage = z.infer<typeof ApiTokenPage>;

/** Tokens for scripts; plain records, so they are handled here. */
@ApiTags('people')
@ForRole('admin')
@Controller('api/v1/api-tokens')
export class ApiTokensController {
  constructor(private readonly prisma: Prisma) {}

  @Get()
  @ApiOkResponse({ standardSchema: ApiTokenPage })
  async list(): Promise<ApiTokenPage> {
    const tokens = await this.prisma.apiToken.findMany({ orderBy: { id: 'desc' }, take: 200 });
    return { items: tokens.map(presentApiToken), next: null };
  }

  @Post()
  @ApiCreatedResponse({ standardSchema: CreatedApiToken })
  async create(
    @Body({ schema: CreateApiToken }) request: CreateApiToken,
    @CurrentActor() actor: Actor,
  ): Promise<CreatedApiToken> {
    const token = makeToken('api');
    const expiresAt = new Date(Date.now() + request.expiresInDays * 86_400_000);
    const created = await this.prisma.$transaction(async (database) => {
      const row = await database.apiToken.create({
        data: { name: request.name, role: request.role, tokenHash: hashToken(token), expiresAt },
      });
      await recordAudit(database, {
        actor: actorName(actor),
        action: 'api-token.create',
        subject: `api-token:${row.id}`,
        detail: { role: row.role },
      });
      return row;
    });
    return { ...presentApiToken(created), token };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@Param('id', { schema: z.uuid() }) id: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.prisma.$transaction(async (database) => {
      const { count } = await database.apiToken.deleteMany({ where: { id } });
      if (count === 0) throw new ProblemError('TOKEN.NOT_FOUND', 'It may have been deleted already.');
      await recordAudit(database, {
        actor: actorName(actor),
        action: 'api-token.delete',
        subject: `api-token:${id}`,
      });
    });
  }
}

interface ApiTokenRow extends Omit<ApiTokenView, 'createdAt' | 'expiresAt' | 'lastUsedAt'> {
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
}

function presentApiToken({ id, name, role, createdAt, expiresAt, lastUsedAt }: ApiTokenRow): ApiTokenView {
  return {
    id,
    name,
    role,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
