import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import guardianScript from './guardian.sh';

// One small shell per process, alive only while something is guarded. It notices our end, whatever the
// cause, by the end of its standard input: no other way works for kill -9 on Linux and macOS alike.
let guardian: ChildProcess | undefined;
const guarded = new Set<string>();

/** If this process dies before the returned function is called, the child and all its descendants are killed. */
export function guardProcess(pid: number): () => void {
  return guard(`pid ${pid}`);
}

/** If this process dies before the returned function is called, the folder is deleted. */
export function guardFolder(path: string): () => void {
  if (path.includes('\n')) throw new Error('a guarded folder cannot have a newline in its path');
  return guard(`dir ${path}`);
}

function guard(item: string): () => void {
  guarded.add(item);
  guardian ??= startGuardian();
  guardian.stdin?.write(`+${item}\n`);
  return () => {
    if (!guarded.delete(item)) return;
    guardian?.stdin?.write(`-${item}\n`);
    if (guarded.size > 0) return;
    guardian?.stdin?.end();
    guardian = undefined;
  };
}

function startGuardian(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', guardianScript, 'fleetclone-guardian'], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.once('error', ignoreLostGuardian);
  child.stdin.on('error', ignoreLostGuardian);
  // It must not keep this process from ending.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}

function ignoreLostGuardian(): void {
  // Whoever killed it has only given up the safety net: every owner still cleans up by itself.
}
