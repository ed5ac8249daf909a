import { z } from 'zod';

/** What the bench tells an agent process on its standard input: one run, from beginning to end. */
export const AgentOrder = z.object({
  source: z.string(),
  /** The plan's folder at the far end. */
  planFolder: z.string(),
  mode: z.enum(['mirror', 'snapshots']),
  runId: z.string(),
  fence: z.int().positive(),
  /** Names the archive folder, or the snapshot. */
  name: z.string(),
  /** Lives from run to run: attempts, catalogue, what is known of the link. */
  stateFolder: z.string(),
  target: z.object({
    host: z.string(),
    port: z.int(),
    user: z.string(),
    hostKeys: z.tuple([z.string()], z.string()),
    hostKeyAlias: z.string(),
    identityFile: z.string(),
  }),
});
export type AgentOrder = z.infer<typeof AgentOrder>;

/** What it answers as the last line of its standard output. */
export const AgentReport = z.object({
  isComplete: z.boolean(),
  /** Why it is not complete. */
  trouble: z.string(),
  /** From the order, read and understood, to the end of everything. The start of Node is not in it: a daemon has it behind it. */
  wallMs: z.number(),
  /** Of the process and its children in that time; null on a system that does not tell. */
  cpuMs: z.number().nullable(),
  /** From the order to the start of the first program that carries data. */
  beforeFirstByteMs: z.number(),
  /** Of the process alone, Node included. */
  peakRssBytes: z.number().nullable(),
  /** What it was busy with, one after the other, in milliseconds. */
  phasesMs: z.record(z.string(), z.number()),
  notes: z.array(z.string()),
});
export type AgentReport = z.infer<typeof AgentReport>;
