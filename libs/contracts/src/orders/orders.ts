import { z } from 'zod';
import {
  AbsolutePath,
  DestinationFolder,
  Fence,
  HostName,
  Port,
  PublicKeyLine,
  Slug,
  UserName,
} from '../primitives';
import { TransferOptions } from '../transfer-options';

/** Where a credential leads: everything ssh needs, host keys included, so that nothing is ever accepted blindly. */
export const RemoteTarget = z.object({
  macId: z.uuid(),
  host: HostName,
  port: Port,
  user: UserName,
  hostKeys: z.tuple([PublicKeyLine], PublicKeyLine),
});
export type RemoteTarget = z.infer<typeof RemoteTarget>;

/** `YYYY-MM-DDTHHMMSSZ`: sorts by time and is safe in every file system. */
const TimeName = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{6}Z$/);

const BackupOrderBody = z.object({
  type: z.literal('backup'),
  runId: z.uuid(),
  fence: Fence,
  plan: z.object({ id: z.uuid(), name: z.string(), slug: Slug }),
  sourcePaths: z.array(AbsolutePath).min(1),
  excludes: z.array(z.string()),
  options: TransferOptions.prefault({}),
  remote: RemoteTarget,
  credentialId: z.uuid(),
  planFolder: DestinationFolder,
  /** The folder under `archive/` that takes what this run of a mirror replaces or deletes. */
  archiveName: TimeName,
  /** The folder under `snapshots/` that this run publishes; an order without it is older than snapshots are. */
  snapshotName: TimeName.optional(),
});

/** Copy `sourcePaths` to `planFolder` on the remote, through the gate, with the credential named. */
export const BackupOrder = BackupOrderBody.transform((order) => ({
  ...order,
  snapshotName: order.snapshotName ?? order.archiveName,
}));
export type BackupOrder = z.infer<typeof BackupOrder>;

/** Stop this attempt at a run, started or not; an attempt cancelled before it came must not start later. */
export const CancelOrder = z.object({ type: z.literal('cancel'), runId: z.uuid(), fence: Fence });
export type CancelOrder = z.infer<typeof CancelOrder>;

/** Make the key pair of a credential (or find the one made before) and report its public half. */
export const CreateCredentialOrder = z.object({
  type: z.literal('create-credential'),
  credentialId: z.uuid(),
});
export type CreateCredentialOrder = z.infer<typeof CreateCredentialOrder>;

/** Let a credential's public key in, through the gate, to these folders only. */
export const AuthoriseCredentialOrder = z.object({
  type: z.literal('authorise-credential'),
  credentialId: z.uuid(),
  publicKey: PublicKeyLine,
  roots: z.array(DestinationFolder).min(1),
});
export type AuthoriseCredentialOrder = z.infer<typeof AuthoriseCredentialOrder>;

/** Every order that an agent can receive. A new type fails the agent's build until it has a handler. */
export const Order = z.discriminatedUnion('type', [
  BackupOrder,
  CancelOrder,
  CreateCredentialOrder,
  AuthoriseCredentialOrder,
]);
export type Order = z.infer<typeof Order>;
export type OrderType = Order['type'];
export type OrderOf<Type extends OrderType> = Extract<Order, { type: Type }>;

/** The claims of an order token: a compact JWS (EdDSA) whose audience is the Mac's id. */
export const OrderClaims = z.object({
  aud: z.uuid(),
  iss: z.uuid(),
  jti: z.string(),
  iat: z.int(),
  exp: z.int(),
  order: Order,
});
export type OrderClaims = z.infer<typeof OrderClaims>;

/** `typ` header of order tokens, so that no other token of ours can pass for an order. */
export const orderTokenType = 'fleetclone-order+jwt';

/** The queue's message: nothing but the signed token. A plan's patterns may be as long as a request to the controller, 2 MB. */
export const OrderJob = z.object({ token: z.string().max(4_194_304) });
export type OrderJob = z.infer<typeof OrderJob>;
