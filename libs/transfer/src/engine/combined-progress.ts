import type { TransferProgress } from '../rsync/progress-tracker';

/**
 * One progress of a transfer that takes several runs of rsync, some of them at once. Each run's own progress is of its
 * part only; what the scan found unchanged, and what earlier passes copied, is added.
 */
export class CombinedProgress {
  private readonly passes = new Map<number, TransferProgress>();
  private settledBytes = 0;
  private shownAtMs = -Infinity;

  constructor(
    private readonly nowMs: () => number,
    private readonly onProgress: (progress: TransferProgress) => void,
  ) {}

  /** While the sources are scanned. */
  scanning(entriesFound: number): void {
    this.show({ ...NOTHING, filesTotal: entriesFound });
  }

  /** A pass that compares everything: its own progress is the whole's. */
  whole(progress: TransferProgress): void {
    this.onProgress({ ...progress, bytesTransferred: progress.bytesTransferred + this.settledBytes });
  }

  /** One of several passes that each send a part of `bytesTotal`. */
  part(
    pass: number,
    progress: TransferProgress,
    whole: { readonly bytes: number; readonly files: number },
  ): void {
    this.passes.set(pass, progress);
    const all = [...this.passes.values()];
    const sum = (of: (one: TransferProgress) => number): number =>
      all.reduce((total, one) => total + of(one), 0);
    const transferred = this.settledBytes + sum((one) => one.bytesTransferred);
    const rate = sum((one) => one.bytesPerSecond);
    const left = Math.max(0, whole.bytes - transferred);
    this.show({
      phase: 'transferring',
      bytesDone: Math.min(whole.bytes, transferred),
      bytesTotal: whole.bytes,
      filesDone: Math.min(
        whole.files,
        sum((one) => one.filesDone),
      ),
      filesTotal: whole.files,
      bytesTransferred: transferred,
      bytesPerSecond: rate,
      etaSeconds: rate > 0 ? Math.round(left / rate) : null,
      currentFile: progress.currentFile,
    });
  }

  /** The passes under way have ended; what comes is added to what they did. */
  settle(): void {
    for (const { bytesTransferred } of this.passes.values()) this.settledBytes += bytesTransferred;
    this.passes.clear();
  }

  private show(progress: TransferProgress): void {
    const nowMs = this.nowMs();
    if (nowMs - this.shownAtMs < 1000) return;
    this.shownAtMs = nowMs;
    this.onProgress(progress);
  }
}

const NOTHING: TransferProgress = {
  phase: 'scanning',
  bytesDone: 0,
  bytesTotal: null,
  filesDone: 0,
  filesTotal: null,
  bytesTransferred: 0,
  bytesPerSecond: 0,
  etaSeconds: null,
  currentFile: null,
};
