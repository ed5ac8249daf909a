import type {
  AuthoriseCredentialOrder,
  CreateCredentialOrder,
  CredentialAuthorised,
} from '@fleetclone/contracts';
import { parsePublicKey } from '@fleetclone/keys';
import { describeError } from '../errors/describe-error';
import type { ControllerClient } from '../http/controller-client';
import type { Logger } from '../logging/logger';
import { prepareDestinationRoot } from '../orders/local-policy';
import { NotAllowedHereError } from '../orders/order.errors';
import type { CredentialKeys } from './credential-keys';
import { type GateSite, letCredentialIn } from './install-gate';

export interface CredentialOrdersDeps {
  readonly client: Pick<ControllerClient, 'post'>;
  readonly keys: CredentialKeys;
  readonly site: GateSite;
  /** Folders that this Mac's own settings let other Macs' backups into. */
  readonly destinationRoots: readonly string[];
  /** The account that other Macs are told to use, and the one that this agent runs as. */
  readonly sshUser: string;
  readonly ownUser: string;
  readonly log: Logger;
}

/** Makes credentials and lets those of other Macs in. Both may be asked for twice. A report that does not get through throws. */
export class CredentialOrders {
  constructor(private readonly deps: CredentialOrdersDeps) {}

  async create({ credentialId }: CreateCredentialOrder): Promise<void> {
    const { keys, client, log } = this.deps;
    const publicKey = await keys.ensure(credentialId);
    await client.post(`/api/v1/agent/credentials/${credentialId}/created`, { publicKey }, null);
    log.info({ credentialId }, 'credential made');
  }

  async authorise(order: AuthoriseCredentialOrder): Promise<void> {
    const { client, log } = this.deps;
    const { credentialId } = order;
    const report = await this.letIn(order);
    await client.post(`/api/v1/agent/credentials/${credentialId}/authorised`, report, null);
    log.info({ credentialId, result: report.result }, 'credential handled');
  }

  private async letIn(order: AuthoriseCredentialOrder): Promise<CredentialAuthorised> {
    const { site, destinationRoots, sshUser, ownUser, log } = this.deps;
    try {
      if (sshUser !== ownUser) {
        throw new NotAllowedHereError(`the agent runs as ${ownUser} and cannot let keys in for ${sshUser}`);
      }
      parsePublicKey(order.publicKey);
      for (const root of order.roots) await prepareDestinationRoot(root, destinationRoots);
      await letCredentialIn(site, order);
      return { result: 'authorised', publicKey: order.publicKey };
    } catch (error) {
      log.warn({ err: error, credentialId: order.credentialId }, 'a credential was not let in');
      return { result: 'refused', reason: describeError(error) };
    }
  }
}
