import { join } from 'node:path';

/** Where the agent keeps what it must not forget. Everything in it is for its owner alone. */
export interface StateFolder {
  readonly path: string;
  readonly identityFile: string;
  readonly settingsFile: string;
  /** Made once and kept through every enrolment of this folder. */
  readonly instanceFile: string;
  readonly lockFile: string;
  readonly statusFile: string;
  readonly runsFolder: string;
  readonly keysFolder: string;
}

/** Names the parts of a state folder; touches nothing. */
export function stateFolderAt(path: string): StateFolder {
  return {
    path,
    identityFile: join(path, 'identity.json'),
    settingsFile: join(path, 'config.json'),
    instanceFile: join(path, 'instance-id'),
    lockFile: join(path, 'agent.lock'),
    statusFile: join(path, 'status.json'),
    runsFolder: join(path, 'runs'),
    keysFolder: join(path, 'keys'),
  };
}
