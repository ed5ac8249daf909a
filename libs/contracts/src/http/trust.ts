import { z } from 'zod';
import {
  DestinationFolder,
  DisplayName,
  HostName,
  Instant,
  Port,
  PublicKeyLine,
  UserName,
} from '../primitives';
import { pageOf } from './page';

/** Name a Mac of the fleet as a place to back up to. Left out, host, port and user are what its agent reports; host keys always are. */
export const CreateRemote = z
  .object({
    name: DisplayName.optional(),
    macId: z.uuid(),
    host: HostName.optional(),
    port: Port.optional(),
    user: UserName.optional(),
    roots: z.array(DestinationFolder).min(1).max(16),
  })
  .meta({ id: 'CreateRemote' });
export type CreateRemote = z.infer<typeof CreateRemote>;

export const RemoteView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    macId: z.uuid(),
    host: HostName,
    port: Port,
    user: UserName,
    hostKeys: z.array(z.object({ publicKey: PublicKeyLine, fingerprint: z.string() })),
    roots: z.array(DestinationFolder),
    createdAt: Instant,
  })
  .meta({ id: 'Remote' });
export type RemoteView = z.infer<typeof RemoteView>;
export const RemotePage = pageOf(RemoteView).meta({ id: 'RemotePage' });
export type RemotePage = z.infer<typeof RemotePage>;

/** `creating`: the source is making the pair; `authorising`: the remote is letting it in; `refused`: the remote's agent said no. */
export const TrustState = z.enum(['creating', 'authorising', 'authorised', 'refused']);
export type TrustState = z.infer<typeof TrustState>;

export const CredentialView = z
  .object({
    id: z.uuid(),
    macId: z.uuid(),
    remoteId: z.uuid(),
    trust: TrustState,
    algorithm: z.literal('ed25519'),
    fingerprint: z.string().nullable(),
    problem: z.string().nullable(),
    createdAt: Instant,
    authorisedAt: Instant.nullable(),
  })
  .meta({ id: 'Credential' });
export type CredentialView = z.infer<typeof CredentialView>;
export const CredentialPage = pageOf(CredentialView).meta({ id: 'CredentialPage' });
export type CredentialPage = z.infer<typeof CredentialPage>;
