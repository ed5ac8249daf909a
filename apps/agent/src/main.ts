import { runCli } from './cli/run-cli';

// A handle that somebody forgot must not keep a stopped agent alive.
const lingerMs = 500;

async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  const exitCode = await runCli({
    args: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    writeOut: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    signal: stop.signal,
  });
  process.exitCode = exitCode;
  setTimeout(() => process.exit(exitCode), lingerMs).unref();
}

void main();
