import type { Platform } from '@fleetclone/contracts';

/** A hold on the machine's sleep; it ends by itself with the process it was taken for. */
export interface AwakeHold {
  /** For the run's log. */
  readonly description: string;
  readonly release: () => void;
}

/** What differs between the systems that an agent runs on. Everything here may fail to find out; nothing here may throw. */
export interface MacPlatform {
  readonly platform: Platform;
  /** The state folder of an agent that runs as root. */
  readonly rootStateFolder: string;
  /** Where root keeps the gate for credentials of other Macs. */
  readonly rootGateFolder: string;
  /** Folders that may hold sshd's host keys, the usual one first. */
  readonly hostKeyFolders: readonly string[];
  /** System and version as its owner knows it. */
  readOsVersion(): Promise<string>;
  /** Names under which this machine can be reached beside its addresses. */
  readHostNames(): Promise<string[]>;
  /** Keeps the machine awake while the process runs. */
  keepAwake(pid: number): Promise<AwakeHold>;
}
