import { z } from 'zod';

/** What the bench tells the process of its links, and what that answers; one line of JSON each. */
export const LinkRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'),
    id: z.string(),
    targetPort: z.int().positive(),
    roundTripMs: z.number().nonnegative(),
    bytesPerSecond: z.number().positive().nullable(),
  }),
  z.object({ type: z.literal('look') }),
]);
export type LinkRequest = z.infer<typeof LinkRequest>;

const LinkLook = z.object({
  type: z.literal('look'),
  /** Of the process since its start, in milliseconds. */
  cpuMs: z.number(),
  bytes: z.record(z.string(), z.object({ up: z.number(), down: z.number() })),
});
export type LinkLook = z.infer<typeof LinkLook>;

export const LinkAnswer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open'), id: z.string(), port: z.int().positive() }),
  LinkLook,
]);
export type LinkAnswer = z.infer<typeof LinkAnswer>;
