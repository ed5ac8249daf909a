import { type DynamicModule, Module } from '@nestjs/common';
import { EnrolmentModule } from './enrolment';
import { LiveModule } from './live';
import { MacsModule } from './macs';
import { PeopleModule } from './people';
import { PlansModule } from './plans';
import { type Platform, PlatformModule } from './platform/platform.module';
import { RunsModule } from './runs';
import { TrustModule } from './trust';

@Module({})
export class AppModule {
  static with(platform: Platform): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(platform),
        PeopleModule,
        EnrolmentModule,
        MacsModule,
        TrustModule,
        PlansModule,
        RunsModule,
        LiveModule,
      ],
    };
  }
}
