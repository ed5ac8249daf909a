import {
  IdempotencyKey,
  ListRunEventsQuery,
  ListRunsQuery,
  Problem,
  RunEventList,
  RunPage,
  RunView,
  SubmitPlanRun,
  SubmitRun,
} from '@fleetclone/contracts';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, ForRole } from '../platform/http/principal';
import { ProblemError } from '../platform/http/problem-error';
import { CancelRun } from './cancel-run/cancel-run';
import { SubmitRun as SubmitRunUseCase } from './submit-run/submit-run';
import { ViewRuns } from './view-runs/view-runs';

const keyHeader = {
  name: 'Idempotency-Key',
  required: true,
  description:
    'Chosen by the submitter, 8 to 200 printable characters. The same key always means the same run.',
};

@ApiTags('runs')
@Controller('api/v1')
export class RunsController {
  constructor(
    private readonly submitRun: SubmitRunUseCase,
    private readonly cancelRun: CancelRun,
    private readonly viewRuns: ViewRuns,
  ) {}

  @Get('runs')
  @ApiOkResponse({ standardSchema: RunPage })
  async list(@Query({ schema: ListRunsQuery }) query: ListRunsQuery): Promise<RunPage> {
    return this.viewRuns.list(query);
  }

  @ForRole('operator')
  @Post('runs')
  @ApiHeader(keyHeader)
  @ApiCreatedResponse({ standardSchema: RunView })
  @ApiOkResponse({
    standardSchema: RunView,
    description: 'The key was used before, for the same request: its run.',
  })
  @ApiConflictResponse({ standardSchema: Problem })
  async submit(
    @Body({ schema: SubmitRun }) body: SubmitRun,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RunView> {
    const { runId, isNew } = await this.submitRun.execute(body, parseKey(key), actor);
    response.status(isNew ? 201 : 200);
    return this.viewRuns.one(runId);
  }

  @ForRole('operator')
  @Post('plans/:planId/runs')
  @ApiHeader(keyHeader)
  @ApiCreatedResponse({ standardSchema: RunView })
  @ApiOkResponse({
    standardSchema: RunView,
    description: 'The key was used before, for the same request: its run.',
  })
  @ApiConflictResponse({ standardSchema: Problem })
  async submitForPlan(
    @Param('planId', { schema: z.uuid() }) planId: string,
    @Body({ schema: SubmitPlanRun }) body: SubmitPlanRun,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RunView> {
    return this.submit({ planId, kind: body.kind }, key, actor, response);
  }

  @Get('runs/:id')
  @ApiOkResponse({ standardSchema: RunView })
  async one(@Param('id', { schema: z.uuid() }) id: string): Promise<RunView> {
    return this.viewRuns.one(id);
  }

  @Get('runs/:id/events')
  @ApiOkResponse({ standardSchema: RunEventList })
  async events(
    @Param('id', { schema: z.uuid() }) id: string,
    @Query({ schema: ListRunEventsQuery }) query: ListRunEventsQuery,
  ): Promise<RunEventList> {
    return { items: await this.viewRuns.events(id, query) };
  }

  @ForRole('operator')
  @Post('runs/:id/cancel')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: RunView })
  @ApiConflictResponse({ standardSchema: Problem })
  async cancel(
    @Param('id', { schema: z.uuid() }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<RunView> {
    await this.cancelRun.execute(id, actor);
    return this.viewRuns.one(id);
  }
}

function parseKey(key: string | undefined): string {
  const parsed = IdempotencyKey.safeParse(key);
  if (parsed.success) return parsed.data;
  throw new ProblemError(
    'REQUEST.IDEMPOTENCY_KEY_MISSING',
    'Send an Idempotency-Key header of 8 to 200 printable characters, a new one for every new run; a UUID will do.',
  );
}
