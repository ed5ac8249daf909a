import { z } from 'zod';
import {
  AbsolutePath,
  DestinationFolder,
  DisplayName,
  HostName,
  Instant,
  Port,
  PublicKeyLine,
  reportedText,
  Slug,
  UserName,
} from '../primitives';
import { pageOf } from './page';
import { RunView } from './runs';

export const Platform = z.enum(['darwin', 'linux']);
export type Platform = z.infer<typeof Platform>;

/** How a Mac can be reached over ssh, as its own agent reports it: this is where pinned host keys come from. */
export const SshFacts = z.object({
  port: Port,
  user: UserName,
  addresses: z.array(HostName).max(16),
  hostKeys: z.array(PublicKeyLine).max(8),
});
export type SshFacts = z.infer<typeof SshFacts>;

/** What an agent says of its Mac, at enrolment and whenever it changes. */
export const MacFacts = z.object({
  platform: Platform,
  osVersion: reportedText(120),
  architecture: reportedText(40),
  hostName: reportedText(255),
  agentVersion: reportedText(40),
  rsyncVersion: reportedText(40).nullable(),
  ssh: SshFacts.nullable(),
  /** Folders that this agent's local policy lets out, and lets in. */
  sourceRoots: z.array(AbsolutePath).max(64),
  destinationRoots: z.array(DestinationFolder).max(64),
});
export type MacFacts = z.infer<typeof MacFacts>;

/** `online`: heard of within its heartbeat's time; `away`: not. */
export const Presence = z.enum(['online', 'away']);
export type Presence = z.infer<typeof Presence>;

/** `protected`: the newest backup of every plan is good and young enough; `at-risk`: not; `never`: no good backup yet; `no-plan`: nothing to do. */
export const Protection = z.enum(['protected', 'at-risk', 'never', 'no-plan']);
export type Protection = z.infer<typeof Protection>;

export const MacView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    slug: Slug,
    facts: MacFacts,
    presence: Presence,
    lastSeenAt: Instant.nullable(),
    enrolledAt: Instant,
    protection: Protection,
    lastSuccessAt: Instant.nullable(),
    activeRun: RunView.nullable(),
    lastRun: RunView.nullable(),
  })
  .meta({ id: 'Mac' });
export type MacView = z.infer<typeof MacView>;
export const MacPage = pageOf(MacView).meta({ id: 'MacPage' });
export type MacPage = z.infer<typeof MacPage>;

/** A one-time right to enrol Macs. */
export const CreateEnrolmentToken = z
  .object({
    name: DisplayName,
    uses: z.int().min(1).max(10_000).default(1),
    expiresInHours: z.int().min(1).max(720).default(24),
  })
  .meta({ id: 'CreateEnrolmentToken' });
export type CreateEnrolmentToken = z.infer<typeof CreateEnrolmentToken>;

export const EnrolmentTokenView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    usesLeft: z.int().nonnegative(),
    createdAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'EnrolmentToken' });
export type EnrolmentTokenView = z.infer<typeof EnrolmentTokenView>;

/** The only answer that ever holds the token itself, with the command that uses it. */
export const CreatedEnrolmentToken = EnrolmentTokenView.extend({
  token: z.string(),
  command: z.string(),
}).meta({ id: 'CreatedEnrolmentToken' });
export type CreatedEnrolmentToken = z.infer<typeof CreatedEnrolmentToken>;
