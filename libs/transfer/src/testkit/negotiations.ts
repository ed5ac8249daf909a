import { negotiate } from '../rsync/negotiate';
import type { Negotiation, NegotiationContext } from '../rsync/negotiation';
import { type RsyncKind, rsyncVersionOf } from './rsync-versions';

/** What two recorded rsyncs can do together; unless told otherwise root pushes from one Mac to another. */
export function negotiationOf(
  local: RsyncKind,
  far: RsyncKind,
  changes: Partial<NegotiationContext> = {},
): Negotiation {
  return negotiate(rsyncVersionOf(local), rsyncVersionOf(far), {
    direction: 'push',
    localSystem: 'darwin',
    remoteSystem: 'darwin',
    receiverIsRoot: true,
    destinationFileSystem: 'apfs',
    ...changes,
  });
}
