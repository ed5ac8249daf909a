import { z } from 'zod';
import { AbsolutePath, DestinationFolder, DisplayName, Instant, Slug } from '../primitives';
import { pageOf } from './page';
import { RunView } from './runs';
import { TrustState } from './trust';

/** A pattern of rsync(1), "PATTERN MATCHING RULES"; a leading slash means the source Mac's `/`. It is never read as another kind of rule. */
export const ExcludePattern = z
  .string()
  .trim()
  .min(1)
  .max(1024)
  .regex(/^\P{Cc}+$/u, 'must be one line without control characters');

/** What to back up, from where, to where. The credential that it needs is made when it is missing. */
export const CreatePlan = z
  .object({
    name: DisplayName,
    macId: z.uuid(),
    remoteId: z.uuid(),
    destinationRoot: DestinationFolder,
    sourcePaths: z.array(AbsolutePath).min(1).max(32),
    excludes: z.array(ExcludePattern).max(500).default([]),
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
    createdAt: Instant,
    lastSuccessAt: Instant.nullable(),
    lastRun: RunView.nullable(),
  })
  .meta({ id: 'Plan' });
export type PlanView = z.infer<typeof PlanView>;
export const PlanPage = pageOf(PlanView).meta({ id: 'PlanPage' });
export type PlanPage = z.infer<typeof PlanPage>;
