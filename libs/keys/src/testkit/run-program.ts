import { spawn } from 'node:child_process';

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Runs a program to its end, as another user if asked (which needs root). */
export function runProgram(
  argv: readonly string[],
  { env, input, user }: RunOptions,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, {
      env,
      cwd: '/',
      ...(user !== undefined && { uid: user.uid, gid: user.gid }),
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.stdin.on('error', () => undefined); // it may end without reading; its exit tells the story
    child.stdin.end(input ?? '');
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, ...output }));
  });
}

/** An ordinary user to run things as when the tests run as root; undefined when they already do not. */
export function ordinaryUser(): { uid: number; gid: number } | undefined {
  // "nobody" on Debian; any other number would do, no account is needed.
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
}
