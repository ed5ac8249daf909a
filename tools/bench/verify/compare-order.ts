import { z } from 'zod';

export const CompareOrder = z.object({
  source: z.string(),
  copy: z.string(),
  keeps: z.enum(['everything', 'contents']),
  ownership: z.boolean(),
});
export type CompareOrder = z.infer<typeof CompareOrder>;

/** What the thread answers: a TreeComparison. */
export const ComparisonAnswer = z.object({
  entries: z.number(),
  bytes: z.number(),
  differences: z.array(z.object({ path: z.string(), what: z.string() })),
  differenceCount: z.number(),
  notCompared: z.array(z.string()),
});
