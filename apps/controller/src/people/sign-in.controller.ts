import { SessionView, SetupRequest, SetupStatus, SignInRequest } from '@fleetclone/contracts';
import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type Config } from '../config/load-config';
import { configToken } from '../platform/injection';
import { type Actor, CurrentActor, ForRole, Public } from '../platform/http/principal';
import { ProblemError } from '../platform/http/problem-error';
import { clearSessionCookie, setSessionCookie } from './session-cookie';
import { SignIn, type StartedSession } from './sign-in';

@ApiTags('people')
@Controller('api/v1')
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    @Inject(configToken) private readonly config: Config,
  ) {}

  @Public()
  @Get('setup')
  @ApiOkResponse({ standardSchema: SetupStatus })
  async setupStatus(): Promise<SetupStatus> {
    return { isSetUp: await this.signIn.isSetUp() };
  }

  @Public()
  @Post('setup')
  @ApiCreatedResponse({ standardSchema: SessionView })
  async setUp(
    @Body({ schema: SetupRequest }) request: SetupRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionView> {
    return this.begin(response, await this.signIn.setUp(request));
  }

  @Public()
  @Post('session')
  @ApiCreatedResponse({ standardSchema: SessionView })
  async start(
    @Body({ schema: SignInRequest }) request: SignInRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionView> {
    return this.begin(response, await this.signIn.execute(request));
  }

  @ForRole('viewer')
  @Get('session')
  @ApiOkResponse({ standardSchema: SessionView })
  async current(@CurrentActor() actor: Actor): Promise<SessionView> {
    return this.signIn.view(sessionOf(actor));
  }

  @ForRole('viewer')
  @Delete('session')
  @HttpCode(204)
  @ApiNoContentResponse()
  async end(@CurrentActor() actor: Actor, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.signIn.end(sessionOf(actor));
    clearSessionCookie(response);
  }

  private begin(response: Response, session: StartedSession): SessionView {
    setSessionCookie(response, session.token, session.expiresAt, this.config.publicUrl.startsWith('https:'));
    return session.view;
  }
}

function sessionOf(actor: Actor): string {
  if (actor.kind !== 'person') throw new ProblemError('AUTH.FORBIDDEN', 'A token has no session.');
  return actor.sessionId;
}
