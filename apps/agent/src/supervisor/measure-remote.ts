import { gateCommands } from '@fleetclone/keys';
import {
  cappedLink,
  type LinkMeasurement,
  measureLink,
  readLinkCache,
  writeLinkCache,
} from '@fleetclone/transfer';
import { join } from 'node:path';
import { makePrivateFolder } from '../config/durable-file';
import { describeError } from '../errors/describe-error';
import type { AttemptContext } from './attempt-context';
import type { OpenRemote } from './open-remote';

/**
 * What the line to the remote gives, measured at most once a day and address, and cut to what a cap leaves of it. Null when it
 * could not be told, which is no reason to hold a backup up.
 */
export async function measureRemote(
  context: AttemptContext,
  remote: OpenRemote,
): Promise<LinkMeasurement | null> {
  const link = await readOrMeasure(context, remote);
  return link === null ? null : cappedLink(link, remote.capNow());
}

async function readOrMeasure(
  { order, stateFolder, signal, log }: AttemptContext,
  remote: OpenRemote,
): Promise<LinkMeasurement | null> {
  const folder = join(stateFolder, 'links');
  const cacheFile = join(folder, `${order.remote.macId}.json`);
  try {
    const known = await readLinkCache(cacheFile, order.remote, new Date());
    if (known !== null) return known;
    const link = await measureLink(remote.session.config, {
      host: order.remote.host,
      pingCommand: gateCommands.probeClock(),
      // Through a relay a rate would be that of the cap.
      ...(remote.capNow() === null && { sinkCommand: gateCommands.probeSink() }),
      signal,
      now: () => new Date(),
    });
    if (link === null || link.bytesPerSecond === null) return link;
    await makePrivateFolder(folder);
    await writeLinkCache(cacheFile, order.remote, link);
    return link;
  } catch (error) {
    signal.throwIfAborted();
    log.say('warn', `The line to the remote could not be measured: ${describeError(error)}`);
    return null;
  }
}
