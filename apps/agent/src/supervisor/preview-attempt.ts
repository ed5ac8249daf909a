import type { RunOutcome } from '@fleetclone/contracts';
import { CatalogueStore, type Preview, type PreviewItem, previewTransfer } from '@fleetclone/transfer';
import { release, type } from 'node:os';
import { join } from 'node:path';
import { agentVersion } from '../version';
import type { AttemptContext } from './attempt-context';
import { describeNegotiation, negotiateWith } from './check-remote';
import { measureRemote } from './measure-remote';
import { openRemote } from './open-remote';
import { cancelledOutcome, outcome } from './outcomes';
import { renderPlanDocument } from './plan-document';
import { planOf } from './plan-of';
import { prepareAttempt } from './prepare-attempt';
import { RemoteGate } from './remote-gate';
import { troubleOfError } from './trouble';

/** What a run would do. */
export interface AttemptPreview extends Pick<Preview, 'counts' | 'bytes'> {
  readonly state: 'succeeded' | 'partial' | 'failed' | 'not-ready' | 'cancelled';
  readonly outcome: RunOutcome;
}

const NOTHING = { counts: { create: 0, rewrite: 0, attributes: 0, delete: 0 }, bytes: 0 } as const;

/** Looks at what a run would do, entry by entry, and changes nothing but the claim on the plan's folder. Never throws for what is foreseen. */
export async function previewAttempt(
  context: AttemptContext,
  onItem: (item: PreviewItem) => void,
): Promise<AttemptPreview> {
  try {
    return await look(context, onItem);
  } catch (error) {
    if (context.signal.aborted) return { ...NOTHING, state: 'cancelled', outcome: cancelledOutcome };
    const trouble = troubleOfError(error);
    if (trouble === null) throw error;
    return { ...NOTHING, state: trouble.state, outcome: trouble.outcome };
  }
}

async function look(context: AttemptContext, onItem: (item: PreviewItem) => void): Promise<AttemptPreview> {
  const { order, folder, log, signal, mac, stateFolder } = context;
  const prepared = await prepareAttempt(context);
  const remote = await openRemote(context);
  const { runId, fence, planFolder } = order;
  const gate = new RemoteGate(
    remote.session.config,
    { planDirectory: planFolder, runId, fence },
    remote.explain,
    signal,
  );
  try {
    const begun = await gate.begin(renderPlanDocument(order, mac, agentVersion));
    const negotiation = negotiateWith(prepared.rsync, begun);
    for (const { level, text } of describeNegotiation(negotiation)) log.say(level, text);
    const preview = await previewTransfer(
      planOf(order, prepared),
      gate.destination(begun, planFolder, order.snapshotName),
      {
        folder,
        rsync: prepared.rsync,
        negotiation,
        systems: { sourceSystem: `${type()} ${release()}`, remoteSystem: begun.system },
        connections: {
          sharedConfigFile: remote.session.config.configFile,
          ownConfigFile: remote.session.unshared.configFile,
          stderrTail: () => remote.session.stderrTail(),
        },
        link: await measureRemote(context, remote),
        ahead: null,
        catalogues: new CatalogueStore(join(stateFolder, 'catalogues', order.plan.id)),
        nextArchiveName: () => Promise.resolve('preview'),
        now: () => new Date(),
        random: Math.random,
        onProgress: () => undefined,
        onLog: ({ level, text }) => log.say(level, text),
        onSpawn: () => undefined,
        onExit: () => undefined,
        signal,
      },
      onItem,
    );
    const { result, ...cause } = preview.outcome;
    const isThrough = result !== 'failed' && result !== 'cancelled';
    const state = isThrough ? (result === 'partial' ? 'partial' : 'succeeded') : 'failed';
    return { state, outcome: outcome(cause), counts: preview.counts, bytes: preview.bytes };
  } finally {
    await gate.finish('cancelled').finally(() => remote.close());
  }
}
