import {
  CreatedEnrolmentToken,
  CreateEnrolmentToken,
  EnrolmentTokenView,
  pageOf,
} from '@fleetclone/contracts';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { recordAudit } from '../audit';
import type { Config } from '../config/load-config';
import { type Actor, actorName, CurrentActor, ForRole } from '../platform/http/principal';
import { ProblemError } from '../platform/http/problem-error';
import { configToken } from '../platform/injection';
import { Prisma } from '../platform/prisma/prisma';
import { hashToken, makeToken } from '../platform/tokens';

const EnrolmentTokenPage = pageOf(EnrolmentTokenView).meta({ id: 'EnrolmentTokenPage' });
type EnrolmentTokenPage = z.infer<typeof EnrolmentTokenPage>;

/** Rights to enrol Macs; plain records, so they are handled here. */
@ApiTags('macs')
@ForRole('admin')
@Controller('api/v1/enrolment-tokens')
export class EnrolmentTokensController {
  constructor(
    private readonly prisma: Prisma,
    @Inject(configToken) private readonly config: Config,
  ) {}

  @Get()
  @ApiOkResponse({ standardSchema: EnrolmentTokenPage })
  async list(): Promise<EnrolmentTokenPage> {
    const tokens = await this.prisma.enrolmentToken.findMany({
      where: { expiresAt: { gt: new Date() }, usesLeft: { gt: 0 } },
      orderBy: { id: 'desc' },
      take: 200,
    });
    return { items: tokens.map(presentToken), next: null };
  }

  @Post()
  @ApiCreatedResponse({ standardSchema: CreatedEnrolmentToken })
  async create(
    @Body({ schema: CreateEnrolmentToken }) request: CreateEnrolmentToken,
    @CurrentActor() actor: Actor,
  ): Promise<CreatedEnrolmentToken> {
    const token = makeToken('enrol');
    const expiresAt = new Date(Date.now() + request.expiresInHours * 3_600_000);
    const created = await this.prisma.$transaction(async (database) => {
      const row = await database.enrolmentToken.create({
        data: { name: request.name, usesLeft: request.uses, tokenHash: hashToken(token), expiresAt },
      });
      const subject = `enrolment-token:${row.id}`;
      await recordAudit(database, {
        actor: actorName(actor),
        action: 'enrolment-token.create',
        subject,
        detail: { uses: request.uses },
      });
      return row;
    });
    // By environment, not by argument, also not of sudo: arguments are visible to every user of the Mac.
    const sudo = 'sudo --preserve-env=FLEETCLONE_ENROL_TOKEN';
    const command = `FLEETCLONE_ENROL_TOKEN=${token} ${sudo} fleetclone-agent enroll --controller ${this.config.publicUrl}`;
    return { ...presentToken(created), token, command };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@Param('id', { schema: z.uuid() }) id: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.prisma.$transaction(async (database) => {
      const { count } = await database.enrolmentToken.deleteMany({ where: { id } });
      if (count === 0) throw new ProblemError('TOKEN.NOT_FOUND', 'It may have been deleted already.');
      await recordAudit(database, {
        actor: actorName(actor),
        action: 'enrolment-token.delete',
        subject: `enrolment-token:${id}`,
      });
    });
  }
}

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly usesLeft: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

function presentToken({ id, name, usesLeft, createdAt, expiresAt }: TokenRow): EnrolmentTokenView {
  return { id, name, usesLeft, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
