import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Config } from '../config/load-config';
import { HealthController } from './health/health.controller';
import {
  configToken,
  controllerKeysToken,
  installationToken,
  loggerToken,
  queuePublicUrlToken,
} from './injection';
import { Announcements } from './live/announcements';
import { Prisma } from './prisma/prisma';
import { Mailboxes } from './redis/mailboxes';
import type { ControllerKeys } from './secrets';

/** What is started before the application and ends after it. */
export interface Platform {
  readonly config: Config;
  readonly logger: Logger;
  readonly prisma: Prisma;
  readonly mailboxes: Mailboxes;
  readonly announcements: Announcements;
  readonly keys: ControllerKeys;
  readonly installation: { readonly controllerId: string };
  readonly queuePublicUrl: string;
}

@Module({})
export class PlatformModule {
  static with(platform: Platform): DynamicModule {
    const providers = [
      { provide: configToken, useValue: platform.config },
      { provide: loggerToken, useValue: platform.logger },
      { provide: Prisma, useValue: platform.prisma },
      { provide: Mailboxes, useValue: platform.mailboxes },
      { provide: Announcements, useValue: platform.announcements },
      { provide: controllerKeysToken, useValue: platform.keys },
      { provide: installationToken, useValue: platform.installation },
      { provide: queuePublicUrlToken, useValue: platform.queuePublicUrl },
    ];
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController],
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}
