/** rsync's own statistics (`--info=stats2`), sizes in bytes. */
export interface RsyncStats {
  /** Files, folders, links and all else that was selected. */
  readonly filesTotal: number;
  readonly filesTransferred: number;
  readonly filesDeleted: number;
  /** Size of everything selected, changed or not. */
  readonly bytesTotal: number;
  /** Size of the files that were new or changed. */
  readonly bytesTransferred: number;
  /** Of these, what the remote did not have in any older or partial version. */
  readonly literalBytes: number;
  /** On the wire, after compression. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

const KEYS: Readonly<Record<string, keyof RsyncStats>> = {
  'Number of files': 'filesTotal',
  'Number of regular files transferred': 'filesTransferred',
  'Number of deleted files': 'filesDeleted',
  'Total file size': 'bytesTotal',
  'Total transferred file size': 'bytesTransferred',
  'Literal data': 'literalBytes',
  'Total bytes sent': 'bytesSent',
  'Total bytes received': 'bytesReceived',
};

const LINE =
  /^(Number of [a-z ]+|Total [a-z ]+|(?:Literal|Matched) data|File list [a-z ]+): ([\d,.]+)(?: (?:bytes|seconds))?(?: \(.*\))?$/;

/** Gathers the lines of the statistics; complete with the last of them. */
export class StatsCollector {
  private readonly values = new Map<keyof RsyncStats, number>();

  /** Whether the line was one of the statistics. */
  take(line: string): boolean {
    const match = LINE.exec(line);
    if (match === null) return false;
    const key = KEYS[match[1] ?? ''];
    if (key !== undefined) this.values.set(key, Number((match[2] ?? '').replaceAll(',', '')));
    return true;
  }

  /** The statistics once `Total bytes received`, always the last line, was there; then empty again. */
  complete(): RsyncStats | null {
    if (!this.values.has('bytesReceived')) return null;
    const get = (key: keyof RsyncStats): number => this.values.get(key) ?? 0;
    const stats: RsyncStats = {
      filesTotal: get('filesTotal'),
      filesTransferred: get('filesTransferred'),
      filesDeleted: get('filesDeleted'),
      bytesTotal: get('bytesTotal'),
      bytesTransferred: get('bytesTransferred'),
      literalBytes: get('literalBytes'),
      bytesSent: get('bytesSent'),
      bytesReceived: get('bytesReceived'),
    };
    this.values.clear();
    return stats;
  }
}
