import {
  CreateRemote,
  CredentialAuthorised,
  CredentialCreated,
  CredentialPage,
  PageQuery,
  RemotePage,
  RemoteView,
} from '@fleetclone/contracts';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import {
  type Actor,
  actorName,
  CurrentActor,
  CurrentMacId,
  ForAgents,
  ForRole,
} from '../platform/http/principal';
import { EstablishTrust } from './establish-trust';
import { Remotes } from './remotes';

@ApiTags('trust')
@Controller('api/v1')
export class TrustController {
  constructor(
    private readonly remotes: Remotes,
    private readonly establishTrust: EstablishTrust,
  ) {}

  @Get('remotes')
  @ApiOkResponse({ standardSchema: RemotePage })
  async listRemotes(@Query({ schema: PageQuery }) query: PageQuery): Promise<RemotePage> {
    return this.remotes.list(query);
  }

  @ForRole('admin')
  @Post('remotes')
  @ApiCreatedResponse({ standardSchema: RemoteView })
  async createRemote(
    @Body({ schema: CreateRemote }) request: CreateRemote,
    @CurrentActor() actor: Actor,
  ): Promise<RemoteView> {
    return this.remotes.create(request, actorName(actor));
  }

  @Get('credentials')
  @ApiOkResponse({ standardSchema: CredentialPage })
  async listCredentials(@Query({ schema: PageQuery }) query: PageQuery): Promise<CredentialPage> {
    return this.remotes.listCredentials(query);
  }

  @ForRole('admin')
  @Post('credentials/:id/retry')
  @HttpCode(204)
  @ApiNoContentResponse()
  async retry(@Param('id', { schema: z.uuid() }) id: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.establishTrust.retry(id, actorName(actor));
  }

  @ForAgents()
  @Post('agent/credentials/:id/created')
  @HttpCode(204)
  @ApiNoContentResponse()
  async created(
    @CurrentMacId() macId: string,
    @Param('id', { schema: z.uuid() }) id: string,
    @Body({ schema: CredentialCreated }) report: CredentialCreated,
  ): Promise<void> {
    await this.establishTrust.created(macId, id, report);
  }

  @ForAgents()
  @Post('agent/credentials/:id/authorised')
  @HttpCode(204)
  @ApiNoContentResponse()
  async authorised(
    @CurrentMacId() macId: string,
    @Param('id', { schema: z.uuid() }) id: string,
    @Body({ schema: CredentialAuthorised }) report: CredentialAuthorised,
  ): Promise<void> {
    await this.establishTrust.authorised(macId, id, report);
  }
}
