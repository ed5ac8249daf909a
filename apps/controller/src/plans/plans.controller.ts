import { CreatePlan, PageQuery, PlanPage, PlanView } from '@fleetclone/contracts';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, actorName, CurrentActor, ForRole } from '../platform/http/principal';
import { Plans } from './plans';

const ListPlansQuery = PageQuery.extend({ macId: z.uuid().optional(), remoteMacId: z.uuid().optional() });
type ListPlansQuery = z.infer<typeof ListPlansQuery>;

@ApiTags('plans')
@Controller('api/v1/plans')
export class PlansController {
  constructor(private readonly plans: Plans) {}

  @Get()
  @ApiOkResponse({ standardSchema: PlanPage })
  async list(@Query({ schema: ListPlansQuery }) query: ListPlansQuery): Promise<PlanPage> {
    return this.plans.list(query);
  }

  @ForRole('admin')
  @Post()
  @ApiCreatedResponse({ standardSchema: PlanView })
  async create(
    @Body({ schema: CreatePlan }) request: CreatePlan,
    @CurrentActor() actor: Actor,
  ): Promise<PlanView> {
    return this.plans.create(request, actorName(actor));
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: PlanView })
  async one(@Param('id', { schema: z.uuid() }) id: string): Promise<PlanView> {
    return this.plans.one(id);
  }
}
