import type { TreeDifference } from '../../demo-home';
import type { FarEnd } from '../run/far-end';

/**
 * What a copy is held to. `everything`: names, types, contents, modes, owners, times, links, attributes. `contents`: the
 * bytes of every file that has an ordinary name, for programs that keep much less.
 */
export type Fidelity = 'everything' | 'contents';

/** A difference that a program cannot help: told, and not held against it. */
export interface Excuse {
  readonly why: string;
  covers(difference: TreeDifference): boolean;
}

/** Where a contender works on one data set. All paths are absolute and without blanks. */
export interface Stage {
  /** The tree that is copied. It is alone in its folder, for programs that put things beside a copy. */
  readonly source: string;
  /** An empty folder of its own at the far end. */
  readonly destination: string;
  /** An empty folder of its own on this side, for settings and caches. */
  readonly scratch: string;
  readonly far: FarEnd;
}

/** The way to the far end for one run. */
export interface Way {
  readonly port: number;
  /** For plain ssh; the host is called FAR_HOST in it. */
  readonly sshConfig: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What one run took on this side. Null where the system does not tell. */
export interface CopyRun {
  readonly wallMs: number;
  readonly cpuMs: number | null;
  /** All processes of this side together. */
  readonly peakRssBytes: number | null;
  /** Of our agent's own process alone, without rsync and ssh. */
  readonly agentPeakRssBytes?: number | null;
  /** From the order to the start of the first program that carries data. */
  readonly beforeFirstByteMs?: number;
  /** What ours was busy with, one after the other. */
  readonly phasesMs?: Readonly<Record<string, number>>;
  /** What it says it did: quick or full, streams, compression. */
  readonly notes?: readonly string[];
}

/** One contender at work on one data set; its destination lives from run to run. */
export interface Copier {
  /** Makes the destination like the source. Throws when the program does not come to a good end. */
  run(way: Way): Promise<CopyRun>;
  /** The folder that has to equal the source now; archives are restored for it. Undefined when nothing is copied. */
  reveal(signal: AbortSignal): Promise<string | undefined>;
  /** Removes what was restored. */
  conceal?(): Promise<void>;
}

/** A program that the engine is measured against, or the engine itself. */
export interface Contender {
  /** As on the command line and in the reports. */
  readonly name: string;
  /** One line: what is run. */
  readonly command: string;
  /** The program that has to be installed, and how it tells its version. */
  readonly program: { readonly name: string; readonly versionArgument: string };
  readonly kind: 'ours' | 'rsync' | 'peer' | 'limit';
  /** The contender that its ratio is to. */
  readonly reference: string;
  readonly keeps: Fidelity;
  readonly excuses: readonly Excuse[];
  /** `once` for programs so slow that more than one round would take longer than all others together. */
  readonly rounds: 'all' | 'once';
  /** Prepares its destination, untimed. */
  open(stage: Stage): Promise<Copier>;
}
