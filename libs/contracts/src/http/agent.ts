import { z } from 'zod';
import { DisplayName, Fence, PublicKeyLine } from '../primitives';
import { MacFacts } from './macs';

/** An agent's request to join the fleet. `instanceId` is made once per state folder, so that a second enrolment is recognised. */
export const EnrolRequest = z
  .object({ token: z.string().max(200), name: DisplayName, instanceId: z.uuid(), facts: MacFacts })
  .meta({ id: 'EnrolRequest' });
export type EnrolRequest = z.infer<typeof EnrolRequest>;

/** Everything that an agent needs from now on. Shown once; the controller keeps hashes of the secrets only. */
export const EnrolReply = z
  .object({
    macId: z.uuid(),
    name: z.string(),
    controllerId: z.uuid(),
    agentToken: z.string(),
    queue: z.object({ url: z.string(), username: z.string(), password: z.string() }),
    /** The Ed25519 public key (JWK) that signs this controller's orders; pinned by the agent. */
    orderKey: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
  })
  .meta({ id: 'EnrolReply' });
export type EnrolReply = z.infer<typeof EnrolReply>;

export const Heartbeat = z
  .object({ facts: MacFacts, activeRuns: z.array(z.object({ runId: z.uuid(), fence: Fence })).max(64) })
  .meta({ id: 'Heartbeat' });
export type Heartbeat = z.infer<typeof Heartbeat>;

export const HeartbeatReply = z
  .object({ nextInMs: z.int().positive(), cancel: z.array(z.object({ runId: z.uuid(), fence: Fence })) })
  .meta({ id: 'HeartbeatReply' });
export type HeartbeatReply = z.infer<typeof HeartbeatReply>;

/** The public half of a credential's key pair, from the Mac that made it. */
export const CredentialCreated = z.object({ publicKey: PublicKeyLine }).meta({ id: 'CredentialCreated' });
export type CredentialCreated = z.infer<typeof CredentialCreated>;

/** The remote's agent has let the credential in, or could not. */
export const CredentialAuthorised = z
  .discriminatedUnion('result', [
    z.object({ result: z.literal('authorised'), publicKey: PublicKeyLine }),
    z.object({ result: z.literal('refused'), reason: z.string().max(1000) }),
  ])
  .meta({ id: 'CredentialAuthorised' });
export type CredentialAuthorised = z.infer<typeof CredentialAuthorised>;
