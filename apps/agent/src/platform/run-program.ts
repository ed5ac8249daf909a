import { execFile } from 'node:child_process';

/** The standard output of a short program, or undefined when it is missing, fails or takes longer than five seconds. */
export function readProgram(program: string, args: readonly string[]): Promise<string | undefined> {
  const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: 5_000, cwd: '/' }, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    );
  });
}

export interface ScriptEnding {
  /** Null when it was ended because it took longer than half a minute. */
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** Runs one of our own POSIX shell scripts with nothing in its environment but what is given. */
export function runScript(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ScriptEnding> {
  const options = {
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', ...env },
    timeout: 30_000,
    cwd: '/',
  };
  return new Promise((resolve, reject) => {
    const child = execFile('/bin/sh', [path, ...args], options, (error, _stdout, stderr) => {
      if (child.pid === undefined) reject(new Error('the shell could not be started', { cause: error }));
      else resolve({ exitCode: child.exitCode, stderr });
    });
  });
}
