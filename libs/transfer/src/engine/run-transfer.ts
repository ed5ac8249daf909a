import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Catalogue, catalogueScope } from '../catalogue/catalogue-file';
import { nextCatalogueBody } from '../catalogue/next-catalogue';
import { identifyRoot, isEmptyFolder, SourceGoneError, type SourceScan } from '../catalogue/scan-source';
import { buildUpdateLists, reasonAgainstLists, type UpdateLists } from '../catalogue/update-lists';
import { CAUSES, type CauseName } from '../rsync/causes';
import { COMPLETE, type TransferOutcome } from '../rsync/rsync-exit';
import { allSettled } from './all-settled';
import { FAR_ROUND_TRIP_MS } from './choose-streams';
import { countDeletions, runFullComparison } from './full-comparison';
import { type Doubt, doubtOfSample, findDoubt, sampleOf } from './prove-destination';
import { expectedFolder, isCatalogue, isOfLastAttempt, reasonAgainstQuick } from './quick-conditions';
import { runQuickUpdate } from './quick-update';
import { isGood, sumFileErrors, sumStats, worstOutcome } from './sum-results';
import { TransferContext } from './transfer-context';
import type {
  Destination,
  TransferPlan,
  TransferResult,
  TransferStrategy,
  TransferSurroundings,
} from './transfer-request';

/**
 * Brings the destination up to date by the quickest way that is certain: only what changed, when the last state of the
 * destination is known and proven; else rsync compares everything. Publishing and closing the attempt is the caller's.
 * Rejects with what the destination's own methods reject with, and with the signal's reason.
 */
export async function runTransfer(
  plan: TransferPlan,
  destination: Destination,
  surroundings: TransferSurroundings,
): Promise<TransferResult> {
  return new Transfer(new TransferContext(plan, destination, surroundings)).run();
}

interface Strategy {
  readonly kind: TransferStrategy;
  readonly reason: string;
}

class Transfer {
  private readonly scope: string;
  private catalogue: Catalogue | null = null;
  private scan: SourceScan | null = null;
  /** What a quick update went by. */
  private lists: UpdateLists | null = null;
  /** Files that a quick update compares by content beside its lists. */
  private sample: readonly string[] = [];

  constructor(private readonly context: TransferContext) {
    const { plan, destination, surroundings } = context;
    this.scope = catalogueScope([
      destination.identity,
      plan.mode,
      plan.sourcePaths,
      plan.rules,
      plan.isOneFileSystem,
      surroundings.negotiation.level,
    ]);
  }

  async run(): Promise<TransferResult> {
    const { context } = this;
    context.say(`Compression: ${context.compression.reason}.`);
    try {
      const roots = context.plan.sourcePaths.map((path) => [path, identifyRoot(path)] as const);
      const strategy = await this.copy();
      const isSame = roots.every(
        ([path, identity]) =>
          identifyRoot(path) === identity && (this.scan?.rootIdentities.get(path) ?? identity) === identity,
      );
      return this.describe(strategy, isSame ? this.outcome() : outcomeOf('failed', 'SOURCE_REPLACED'));
    } catch (error) {
      if (!(error instanceof SourceGoneError)) throw error;
      return this.describe({ kind: 'full', reason: error.message }, outcomeOf('failed', 'SOURCE_MISSING'));
    }
  }

  private async copy(): Promise<Strategy> {
    this.holdBackIfEmptied();
    const refusal = await this.readCatalogue();
    if (refusal !== null) return this.compareAll({ kind: 'full', reason: refusal });
    const doubt = await this.prepareQuick();
    if (doubt !== null) return this.compareAll({ kind: 'fallback', reason: doubt.reason }, doubt.altered);
    return this.updateQuickly();
  }

  /** A source that holds nothing is more likely a volume that is not mounted than a wish to delete the copy. */
  private holdBackIfEmptied(): void {
    const { context } = this;
    const emptied =
      context.destination.found === 'copy' ? context.plan.sourcePaths.filter(isEmptyFolder) : [];
    if (emptied.length === 0) return;
    context.deletionsHeldBack = {
      cause: 'SOURCE_EMPTIED',
      reason: `nothing is in ${emptied.join(', ')}`,
      keptFolders: emptied,
    };
  }

  /** Too many deletions are none at all, rather than as many as are allowed, whichever come first. */
  private holdBackIfTooMany(deletions: number): void {
    const { maxDeletes, sourcePaths } = this.context.plan;
    if (maxDeletes === null || deletions <= maxDeletes) return;
    const reason = `${deletions} entries would be deleted, ${maxDeletes} are allowed`;
    this.context.deletionsHeldBack ??= { cause: 'MAX_DELETE', reason, keptFolders: sourcePaths };
  }

  /** Loads the catalogue; gives why it does not allow a quick update. */
  private async readCatalogue(): Promise<string | null> {
    const { plan, destination, surroundings, startedAtMs } = this.context;
    if (!surroundings.negotiation.canListChanges)
      return 'one of the two rsyncs cannot be handed a list of changes';
    const read = surroundings.ahead?.catalogue ?? (await surroundings.catalogues.read());
    if (!isCatalogue(read)) return `nothing is known of the destination (${read.missing})`;
    if (read.header.scope !== this.scope)
      return 'nothing is known of the destination (sources, rules, options or destination changed)';
    this.catalogue = read;
    return reasonAgainstQuick(read.header, plan, destination, startedAtMs);
  }

  /** Scans the source while the destination proves itself; gives why a quick update will not do. */
  private async prepareQuick(): Promise<Doubt | null> {
    const { context, catalogue } = this;
    if (catalogue === null) throw new Error('a quick update needs a catalogue');
    const stop = new AbortController();
    const signal = AbortSignal.any([context.surroundings.signal, stop.signal]);
    const scanning = context.scan(catalogue, signal);
    const sample = sampleOf(catalogue, context);
    // Over a far line each run of rsync costs a second, and one that compares contents is to come anyway.
    const isSentAlong = context.plan.mode === 'mirror' && (await comparesContentSurely(scanning));
    const [doubt, scan] = await allSettled(
      [findDoubt(context, catalogue, isSentAlong ? [] : sample, stop), scanning],
      (error) => stop.abort(error),
    );
    this.scan = scan;
    if (isSentAlong) this.sample = sample;
    const lists = buildUpdateLists(scan, false);
    this.holdBackIfTooMany(lists.deletions);
    if (doubt !== null) return doubt;
    const reason = obstacleIn(scan, context) ?? reasonAgainstLists(lists, scan.entries);
    return reason === null ? null : { reason, altered: [] };
  }

  private async updateQuickly(): Promise<Strategy> {
    const { context, scan } = this;
    if (scan === null) throw new Error('a quick update needs a scan');
    const { plan, destination } = context;
    const isShared =
      plan.mode === 'snapshots' &&
      destination.latestSnapshot !== null &&
      (await destination.clone(destination.latestSnapshot)).method === 'hard-links';
    const lists = buildUpdateLists(scan, isShared);
    this.lists = lists;
    const reason = `${scan.changes.length} of ${scan.entries} entries differ from the last good state, which the destination still has`;
    context.say(`Quick update: ${reason}.`);
    const odd = await runQuickUpdate(context, scan, lists, this.sample);
    if (odd === 0) return { kind: 'quick', reason };
    this.lists = null;
    const doubt = doubtOfSample(odd);
    return this.compareAll({ kind: 'fallback', reason: doubt.reason }, doubt.altered);
  }

  private async compareAll(strategy: Strategy, altered: readonly string[] | null = []): Promise<Strategy> {
    const { context } = this;
    context.say(`Everything is compared: ${strategy.reason}.`);
    if (this.scan === null && this.needsScanFirst()) {
      this.scan = await context.scan(this.catalogue, context.surroundings.signal);
      this.holdBackIfTooMany(buildUpdateLists(this.scan, false).deletions);
    }
    const isCloned = this.catalogue === null && (await this.countDeletions());
    const keptFolders = [
      ...(context.deletionsHeldBack?.keptFolders ?? []),
      ...(this.scan?.lostMounts.map((path) => `/${path}`) ?? []),
    ];
    this.scan = await runFullComparison(context, {
      scan: this.scan,
      keptFolders,
      hasPartial: context.destination.hasPartial || isCloned,
      hasUnknownAttempts:
        this.catalogue !== null && !isOfLastAttempt(this.catalogue.header, context.destination),
      altered,
    });
    return strategy;
  }

  /**
   * Without a catalogue only rsync knows what it would delete, so it is asked before. Of a snapshot nothing is there yet
   * that could be deleted, so it begins as the latest one: true when that was done.
   */
  private async countDeletions(): Promise<boolean> {
    const { context } = this;
    const { plan, destination, deletionsHeldBack } = context;
    if (plan.maxDeletes === null || destination.found !== 'copy' || deletionsHeldBack !== null) return false;
    const latest = plan.mode === 'snapshots' ? destination.latestSnapshot : null;
    if (latest !== null) await destination.clone(latest);
    this.holdBackIfTooMany(await countDeletions(context));
    return latest !== null;
  }

  /** The scan tells what is suspect and what is worth connections of its own; else it may go on beside rsync. */
  private needsScanFirst(): boolean {
    const { plan, surroundings } = this.context;
    if (!surroundings.negotiation.canListChanges) return false;
    const isFar = surroundings.link !== null && surroundings.link.roundTripMs >= FAR_ROUND_TRIP_MS;
    return this.catalogue !== null || isFar || plan.streams !== 'auto';
  }

  private outcome(): TransferOutcome {
    const { results, deletionsHeldBack } = this.context;
    if (deletionsHeldBack !== null)
      this.context.say(`Deletions are held back: ${deletionsHeldBack.reason}.`, 'warn');
    const outcome = results.length === 0 ? COMPLETE : worstOutcome(results);
    return deletionsHeldBack !== null && isGood(outcome)
      ? outcomeOf('partial', deletionsHeldBack.cause)
      : outcome;
  }

  private describe(strategy: Strategy, outcome: TransferOutcome): TransferResult {
    const { context, scan, lists } = this;
    const { results, forerunners, compression, streams, deletionsHeldBack } = context;
    const all = [...forerunners, ...results];
    const whole = scan === null ? null : { filesTotal: scan.entries, bytesTotal: scan.bytes };
    return {
      outcome,
      strategy: strategy.kind,
      strategyReason: strategy.reason,
      streams,
      compression:
        compression.level === null ? compression.method : `${compression.method} ${compression.level}`,
      stats: sumStats(all, lists === null && results.some(({ stats }) => stats !== null) ? null : whole),
      fileErrors: sumFileErrors(results),
      deletionsSkipped:
        deletionsHeldBack?.cause === 'MAX_DELETE' || results.some((one) => one.deletionsSkipped),
      settle: () => this.settle(outcome),
    };
  }

  private async settle(outcome: TransferOutcome): Promise<void> {
    const { context, scan, catalogue, lists } = this;
    if (!isGood(outcome) || scan === null || scan.unreadable.length > 0) return;
    const { plan, destination, surroundings, startedAtMs } = context;
    const folder = expectedFolder(plan, { latestSnapshot: destination.snapshotName });
    if (folder === null) return;
    const isQuick = lists !== null && catalogue !== null;
    const header = {
      formatVersion: 1 as const,
      scope: this.scope,
      writtenBy: destination.attempt,
      folder,
      takenAtMs: startedAtMs,
      fullScanAtMs: isQuick ? catalogue.header.fullScanAtMs : startedAtMs,
      entries: scan.entries,
    };
    const isUnchanged = isQuick && scan.blocks.length === 0 && scan.changes.length === 0;
    if (isUnchanged) return surroundings.catalogues.write(header, catalogue.header.body);
    // In a quick update only the folders that were compared by their names can have taken unknown ones.
    const compared = new Set(isQuick ? lists.update.filter((path) => path.endsWith('/')) : []);
    const mayHoldMore = (path: string): boolean => !isQuick || compared.has(`${path}/`);
    await surroundings.catalogues.write(header, await nextCatalogueBody(scan, catalogue, mayHoldMore));
  }
}

/** Whether the scan has ended by now, and found something to be compared by content. */
async function comparesContentSurely(scanning: Promise<SourceScan>): Promise<boolean> {
  const scan = await Promise.race([scanning.catch(() => null), nextTurn(null)]);
  return scan !== null && scan.changes.some(([kind]) => kind === 'suspect');
}

/** What the scan found that a quick update must not go by. */
function obstacleIn(scan: SourceScan, context: TransferContext): string | null {
  const [unreadable] = scan.unreadable;
  if (unreadable !== undefined)
    return `${scan.unreadable.length} entries at the source could not be looked at`;
  const [mount] = scan.lostMounts;
  if (mount !== undefined) return `/${mount} had another volume mounted at the last run, and has none now`;
  return context.deletionsHeldBack?.cause === 'SOURCE_EMPTIED' ? context.deletionsHeldBack.reason : null;
}

function outcomeOf(result: TransferOutcome['result'], name: CauseName): TransferOutcome {
  return { result, ...CAUSES[name] };
}
