import type { RsyncEvent, RsyncProgressEvent } from './output-lines';
import type { RsyncName } from './rsync-name';
import { SizeEstimate } from './size-estimate';
import { SlidingRate } from './sliding-rate';

export type TransferPhase = 'scanning' | 'transferring' | 'finishing';

/** A look at a transfer under way. */
export interface TransferProgress {
  readonly phase: TransferPhase;
  /** Copied or found unchanged; the unchanged part is estimated from the number of files passed. */
  readonly bytesDone: number;
  /** Size of everything selected, within a few per cent; null until it can be told. */
  readonly bytesTotal: number | null;
  /** Files, folders and links dealt with, copied or found unchanged. */
  readonly filesDone: number;
  /** Everything selected; while scanning, what has been found so far. */
  readonly filesTotal: number | null;
  /** Size of the new and changed files dealt with: exact, and 0 when nothing changed. */
  readonly bytesTransferred: number;
  /** Of `bytesTransferred`, over the last ten seconds. */
  readonly bytesPerSecond: number;
  /** Null while there is nothing to judge by, and in the finishing phase. */
  readonly etaSeconds: number | null;
  /** One safe line, see `RsyncName.display`. */
  readonly currentFile: string | null;
}

export interface ProgressTracker {
  /** Takes an event; gives a look at the transfer when the last one is a second old, else null. */
  onEvent(event: RsyncEvent): TransferProgress | null;
  /** A look at the transfer at this moment. */
  snapshot(): TransferProgress;
}

export interface ProgressTrackerOptions {
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  readonly minIntervalMs?: number;
}

/** Turns rsync's events into progress that can be shown; holds no timer and does no I/O. */
export function createProgressTracker(options: ProgressTrackerOptions): ProgressTracker {
  return new Tracker(options.nowMs, options.minIntervalMs ?? 1000);
}

// How much of a new estimate goes into the time shown: the rest is the last one, counted down.
const ETA_WEIGHT = 0.25;
const ETA_NEEDS_MS = 3_000;

class Tracker implements ProgressTracker {
  private phase: TransferPhase = 'scanning';
  private filesDone = 0;
  private filesTotal: number | null = null;
  private bytesTransferred = 0;
  private currentFile: RsyncName | null = null;
  private startedAtMs: number | null = null;
  private shownAtMs = -Infinity;
  private eta: { readonly atMs: number; readonly seconds: number } | null = null;
  private readonly size = new SizeEstimate();
  private readonly byteRate = new SlidingRate(10_000);
  private readonly fractionRate = new SlidingRate(30_000);

  constructor(
    private readonly nowMs: () => number,
    private readonly minIntervalMs: number,
  ) {}

  onEvent(event: RsyncEvent): TransferProgress | null {
    const nowMs = this.nowMs();
    this.take(event, nowMs);
    if (nowMs - this.shownAtMs < this.minIntervalMs) return null;
    this.shownAtMs = nowMs;
    this.updateEta(nowMs);
    return this.snapshot();
  }

  snapshot(): TransferProgress {
    const bytesTotal = this.size.bytesTotal();
    return {
      phase: this.phase,
      bytesDone: bytesTotal === null ? this.bytesTransferred : Math.round(this.size.fraction() * bytesTotal),
      bytesTotal,
      filesDone: this.filesDone,
      filesTotal: this.filesTotal,
      bytesTransferred: this.bytesTransferred,
      bytesPerSecond: Math.round(this.byteRate.perSecond() ?? 0),
      etaSeconds: this.eta === null ? null : Math.round(this.eta.seconds),
      currentFile: this.currentFile?.display ?? null,
    };
  }

  private take(event: RsyncEvent, nowMs: number): void {
    switch (event.type) {
      case 'scan':
        this.filesTotal = event.filesFound;
        break;
      case 'item':
        this.begin(nowMs);
        this.size.item(event);
        this.currentFile = event.path;
        break;
      case 'progress':
        this.begin(nowMs);
        this.takeProgress(event, nowMs);
        break;
      case 'deleted':
        this.finish();
        this.currentFile = event.path;
        break;
      case 'deletions-skipped':
      case 'stats':
        this.finish();
        break;
      case 'other':
        break;
    }
  }

  private takeProgress(event: RsyncProgressEvent, nowMs: number): void {
    this.size.progress(event);
    this.bytesTransferred = Math.max(this.bytesTransferred, event.bytesDone);
    this.byteRate.add(nowMs, this.bytesTransferred);
    this.fractionRate.add(nowMs, this.size.fraction());
    if (event.files === null) return;
    this.filesDone = Math.max(this.filesDone, event.files.checked);
    this.filesTotal = event.files.total;
    if (event.files.checked >= event.files.total) this.finish();
  }

  private begin(nowMs: number): void {
    this.startedAtMs ??= nowMs;
    if (this.phase === 'scanning') this.phase = 'transferring';
  }

  private finish(): void {
    this.phase = 'finishing';
    this.currentFile = null;
  }

  private updateEta(nowMs: number): void {
    const rate = this.fractionRate.perSecond();
    const runningMs = nowMs - (this.startedAtMs ?? nowMs);
    if (this.phase !== 'transferring' || rate === null || rate <= 0 || runningMs < ETA_NEEDS_MS) {
      if (this.phase !== 'transferring') this.eta = null;
      return;
    }
    const seconds = Math.max(0, 1 - this.size.fraction()) / rate;
    if (this.eta === null) {
      this.eta = { atMs: nowMs, seconds };
      return;
    }
    const countedDown = Math.max(0, this.eta.seconds - (nowMs - this.eta.atMs) / 1000);
    this.eta = { atMs: nowMs, seconds: countedDown + ETA_WEIGHT * (seconds - countedDown) };
  }
}
