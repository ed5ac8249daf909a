import { z } from 'zod';
import { RunEventView, RunView } from './runs';

/**
 * What `GET /api/v1/live` sends as server-sent events. `run` carries the run as it is now (at most once a second per run), `log`
 * new lines of the run asked for with `?runId=`, `fleet` says that some Mac, plan or credential changed: read again what you show.
 */
export const LiveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run'), run: RunView }),
  z.object({ type: z.literal('log'), runId: z.uuid(), events: z.array(RunEventView) }),
  z.object({ type: z.literal('fleet') }),
]);
export type LiveMessage = z.infer<typeof LiveMessage>;
export const LiveQuery = z.object({ runId: z.uuid().optional() });
export type LiveQuery = z.infer<typeof LiveQuery>;
