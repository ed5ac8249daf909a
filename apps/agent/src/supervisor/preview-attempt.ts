import type { RunOutcome } from '@fleetclone/contracts';
import { type Preview, type PreviewItem, previewTransfer } from '@fleetclone/transfer';
import type { AttemptContext } from './attempt-context';
import { negotiateAloud } from './check-remote';
import { measureRemote } from './measure-remote';
import { openRemote } from './open-remote';
import { cancelledOutcome, outcome } from './outcomes';
import { planOf } from './plan-of';
import { prepareAttempt } from './prepare-attempt';
import { RemoteGate } from './remote-gate';
import { surroundingsOf } from './transfer-surroundings';
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
  const prepared = await prepareAttempt(context);
  const remote = await openRemote(context);
  const gate = new RemoteGate(context, remote);
  try {
    const begun = await gate.begin();
    const negotiation = negotiateAloud(context, prepared.rsync, begun);
    const link = await measureRemote(context, remote);
    const preview = await previewTransfer(
      planOf(context.order, prepared),
      gate.destination(begun),
      {
        ...surroundingsOf(context, { prepared, remote, gate, begun, negotiation, link }),
        ahead: null,
        nextArchiveName: () => Promise.resolve('preview'),
        onProgress: () => undefined,
        onSpawn: () => undefined,
        onExit: () => undefined,
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
