import { z } from 'zod';
import { BandwidthText } from './bandwidth-text';
import { FilterPattern } from './primitives';

/** What a Mac makes again by itself or what means nothing elsewhere, in groups that a plan can leave out or take along. */
export const exclusionGroupIds = [
  'caches',
  'trash',
  'temporary-files',
  'volume-housekeeping',
  'virtual-memory',
  'network-mounts',
  'time-machine',
  'cloud-leftovers',
  'other-systems',
] as const;
export const ExclusionGroupId = z.enum(exclusionGroupIds);
export type ExclusionGroupId = z.infer<typeof ExclusionGroupId>;

/** rsync holds the number in 32 bits. */
const largestMaxDeletes = 2_147_483_647;

/**
 * How a plan's files travel and are kept. Every field has a default, so that what was written before a field was there still
 * parses. It has no id of its own in OpenAPI, where all fields may be left out of a request and none is missing in an answer.
 */
export const TransferOptions = z.object({
  /** `mirror`: one copy, and an archive of what was replaced; `snapshots`: a whole tree for each run, unchanged files hard-linked. */
  mode: z.enum(['mirror', 'snapshots']).default('mirror'),
  /** `auto` chooses by what the link gives; the copy itself is never compressed. */
  compression: z.enum(['auto', 'none', 'lz4', 'zstd']).default('auto'),
  /** Suffixes of files that are never compressed on their way; null for rsync's own list. */
  skipCompress: z
    .array(
      z.string().regex(/^[A-Za-z0-9]{1,16}$/, 'must be suffixes of 1 to 16 letters and digits, without dot'),
    )
    .max(200)
    .nullable()
    .default(null),
  /** Null: as much as the line gives. */
  bandwidth: BandwidthText.nullable().default(null),
  /** Do not descend into other file systems that are mounted below the sources. */
  oneFileSystem: z.boolean().default(false),
  /** The groups that are left out, each once and in the order of the list. */
  exclusionGroups: z
    .array(ExclusionGroupId)
    .max(100)
    .overwrite((chosen) => exclusionGroupIds.filter((id) => chosen.includes(id)))
    .default(() => [...exclusionGroupIds]),
  /** Kept although an exclude or a group would leave it out; not below a folder that is left out as a whole. */
  includes: z.array(FilterPattern).max(500).default([]),
  /** Connections that carry large new files at the same time over far links. */
  streams: z
    .union([z.literal('auto'), z.int().min(1).max(8)], {
      error: 'must be auto or a whole number from 1 to 8',
    })
    .default('auto'),
  /** At least this often a run compares everything, although it could send only what the catalogue says has changed. */
  fullScanEveryDays: z.int().min(1).max(90).default(7),
  /** A run that would delete more than this leaves all deletions out and says so; null for no limit. */
  maxDeletes: z.int().positive().max(largestMaxDeletes).nullable().default(null),
});
export type TransferOptions = z.infer<typeof TransferOptions>;

/** The options of a plan that says nothing of them. */
export const defaultTransferOptions: TransferOptions = TransferOptions.parse({});
