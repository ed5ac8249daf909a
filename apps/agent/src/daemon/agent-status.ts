import { Fence, Instant, RunProgress } from '@fleetclone/contracts';
import { z } from 'zod';

/** What a running agent leaves for `status` to show. */
export const AgentStatus = z.object({
  startedAt: Instant,
  lastContactAt: Instant.nullable(),
  unsentReports: z.int().nonnegative(),
  activeRuns: z.array(
    z.object({
      runId: z.uuid(),
      fence: Fence,
      planName: z.string(),
      state: z.string(),
      progress: RunProgress.nullable(),
    }),
  ),
});
export type AgentStatus = z.infer<typeof AgentStatus>;
