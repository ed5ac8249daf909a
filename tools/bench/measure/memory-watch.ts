import { canLookAtProcesses, readFamily, readResidentBytes } from './proc';

const INTERVAL_MS = 25;

/**
 * Looks forty times a second at how much memory a process and its descendants have together, and keeps the most. Memory
 * that they share counts for each of them; a peak shorter than the interval may be missed.
 */
export class MemoryWatch {
  private peakBytes = 0;
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(private readonly pid: number) {
    if (!canLookAtProcesses) return;
    this.look();
    this.timer = setInterval(() => this.look(), INTERVAL_MS);
  }

  /** The peak in bytes; null on a system that does not tell. */
  stop(): number | null {
    clearInterval(this.timer);
    return this.timer === undefined ? null : this.peakBytes;
  }

  private look(): void {
    const bytes = readFamily(this.pid).reduce((sum, pid) => sum + readResidentBytes(pid), 0);
    this.peakBytes = Math.max(this.peakBytes, bytes);
  }
}
