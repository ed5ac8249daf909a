const noBreakSpace = '\u00a0';
const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
const counts = new Intl.NumberFormat('en-GB');

/** Bytes in decimal units, as macOS shows sizes: `61.0 GB`. Three digits at most, so that a growing figure keeps its width. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const scaled = bytes / 1000 ** power;
  const decimals = power === 0 ? 0 : scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
  return `${scaled.toFixed(decimals)}${noBreakSpace}${units[power] ?? 'B'}`;
}

/** Bytes per second, for example `84.2 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A whole number with thousands separators: `184,377`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** A count with its noun: `1 Mac`, `7 Macs`; the plural can be given where an `s` does not make it. */
export function formatPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** A share of 0 to 1 as whole per cent, rounded down so that `100 %` is said only when all is done. */
export function formatPercent(share: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, share)) * 100)}${noBreakSpace}%`;
}

/** `done / total` as a share of 0 to 1; null while the total is unknown. */
export function shareOf(done: number, total: number | null): number | null {
  if (total === null) return null;
  return total === 0 ? 1 : Math.min(1, done / total);
}
