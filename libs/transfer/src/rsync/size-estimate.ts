import type { RsyncItemEvent, RsyncProgressEvent } from './output-lines';

// rsync's percentage is a whole number; how narrow the size must be known before it may be shown.
const SHOWN_WHEN_WITHIN = 0.03;

/**
 * How far a run is, worked out from what rsync reveals. Its percentage is the size of new and changed files so far,
 * of the size of everything selected: on a second run that never comes near 100. So the size of everything is
 * narrowed down from each pair of bytes and percentage, and the share of unchanged files already passed is taken
 * from their number. On a first run, where nothing is unchanged, the result is exact.
 */
export class SizeEstimate {
  private least = 0;
  private most = Infinity;
  private transferredBytes = 0;
  private announcedBytes = 0;
  private changedEntries = 0;
  private checkedFiles = 0;
  private totalFiles = 0;

  progress({ bytesDone, percent, files }: RsyncProgressEvent): void {
    this.transferredBytes = Math.max(this.transferredBytes, bytesDone);
    this.least = Math.max(this.least, bytesDone, (100 * bytesDone) / (percent + 1));
    if (percent > 0) this.most = Math.min(this.most, (100 * bytesDone) / percent);
    if (files === null) return;
    this.checkedFiles = Math.max(this.checkedFiles, files.checked);
    this.totalFiles = files.total;
  }

  item({ change, kind, length }: RsyncItemEvent): void {
    this.changedEntries += 1;
    // Printed before the file is sent, so the rest of a large one is known while it is under way.
    if ((change === '<' || change === '>') && kind === 'file') this.announcedBytes += length;
  }

  /** Size of everything selected, once it is known within a few per cent; null before. */
  bytesTotal(): number | null {
    // A file that grew while it was read can make rsync's own figures contradict each other.
    const most = Math.max(this.most, this.least);
    return most - this.least > SHOWN_WHEN_WITHIN * this.least ? null : Math.round((this.least + most) / 2);
  }

  /**
   * The part of everything selected that was copied or found unchanged, 0 to 1. It falls only when a changed file
   * turns up that holds more than the share still open.
   */
  fraction(): number {
    const total = this.bytesTotal();
    if (total === null || total === 0) return this.totalFiles === 0 ? 0 : this.checkedFiles / this.totalFiles;
    const copied = Math.min(1, this.transferredBytes / total);
    const underWay = Math.max(0, this.announcedBytes - this.transferredBytes) / total;
    return Math.max(copied, Math.min(1 - underWay, copied + (1 - copied) * this.unchangedShare()));
  }

  /** Of the entries that needed no copying or are still to come, the part that is behind us. */
  private unchangedShare(): number {
    const unchanged = Math.max(0, this.checkedFiles - this.changedEntries);
    const toCome = this.totalFiles - this.checkedFiles;
    return unchanged + toCome === 0 ? 0 : unchanged / (unchanged + toCome);
  }
}
