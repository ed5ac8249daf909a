import { z } from 'zod';
import { AbsolutePath, DestinationFolder, DisplayName, FilterPattern, Instant, Slug } from '../primitives';
import { TransferOptions } from '../transfer-options';
import { pageOf } from './page';
import { RunView } from './runs';
import { TrustState } from './trust';

/** What to back up, from where, to where and how. The credential that it needs is made when it is missing. */
export const CreatePlan = z
  .object({
    name: DisplayName,
    macId: z.uuid(),
    remoteId: z.uuid(),
    destinationRoot: DestinationFolder,
    sourcePaths: z.array(AbsolutePath).min(1).max(32),
    excludes: z.array(FilterPattern).max(500).default([]),
    options: TransferOptions.prefault({}),
  })
  .meta({ id: 'CreatePlan' });
export type CreatePlan = z.infer<typeof CreatePlan>;

export const PlanView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    slug: Slug,
    mac: z.object({ id: z.uuid(), name: z.string() }),
    remote: z.object({ id: z.uuid(), name: z.string(), macId: z.uuid() }),
    trust: TrustState,
    destinationRoot: DestinationFolder,
    /** Where the copy is, as anyone with the disk can find it. */
    destinationFolder: DestinationFolder,
    sourcePaths: z.array(AbsolutePath),
    excludes: z.array(z.string()),
    options: TransferOptions,
    createdAt: Instant,
    lastSuccessAt: Instant.nullable(),
    lastRun: RunView.nullable(),
  })
  .meta({ id: 'Plan' });
export type PlanView = z.infer<typeof PlanView>;
export const PlanPage = pageOf(PlanView).meta({ id: 'PlanPage' });
export type PlanPage = z.infer<typeof PlanPage>;
