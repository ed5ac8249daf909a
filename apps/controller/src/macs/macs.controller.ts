import { MacPage, MacView, PageQuery } from '@fleetclone/contracts';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ViewMacs } from './view-macs';

@ApiTags('macs')
@Controller('api/v1/macs')
export class MacsController {
  constructor(private readonly viewMacs: ViewMacs) {}

  @Get()
  @ApiOkResponse({ standardSchema: MacPage })
  async list(@Query({ schema: PageQuery }) query: PageQuery): Promise<MacPage> {
    return this.viewMacs.list(query);
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: MacView })
  async one(@Param('id', { schema: z.uuid() }) id: string): Promise<MacView> {
    return this.viewMacs.one(id);
  }
}
