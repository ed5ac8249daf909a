import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '@fleetclone/testing';
import { CREDENTIAL, type GateFixture } from './gate-fixture';
import { type ProgramResult, runProgram } from './run-program';

// Stands for an rsync whose owner made it say what no rsync says: it splices words into the arguments that a real one
// sends, right before the "." and the path that end them.
const SCRIPT = `
const { spawn } = require('node:child_process');
const [gate, credential, words, , ...command] = process.argv.slice(2);
const env = { SSH_ORIGINAL_COMMAND: command.join(' ') };
const child = spawn(gate, [credential], { env, stdio: ['pipe', 'inherit', 'inherit'] });
const spliced = Buffer.from(JSON.parse(words).map((word) => word + '\\0').join(''));
let isDone = false;
process.stdin.on('data', (chunk) => {
  const at = isDone ? -1 : chunk.indexOf('\\0.\\0') + 1;
  isDone ||= at > 0;
  child.stdin.write(at > 0 ? Buffer.concat([chunk.subarray(0, at), spliced, chunk.subarray(at)]) : chunk);
});
process.stdin.on('end', () => child.stdin.end());
child.stdin.on('error', () => undefined);
child.on('exit', (code) => process.exit(code ?? 1));
`;

const RSYNC = findProgram(['rsync'], 'apt-get install rsync');

/** Runs rsync against a gate, with words of its own among the arguments that it sends. */
export async function rsyncSaying(
  gate: GateFixture,
  words: readonly string[],
  ...args: readonly string[]
): Promise<ProgramResult> {
  const script = join(gate.folder, 'hostile-rsh.cjs');
  await writeFile(script, SCRIPT);
  const shell = [process.execPath, script, gate.script, CREDENTIAL, JSON.stringify(words)];
  const quoted = shell.map((word) => `'${word}'`).join(' ');
  return runProgram([RSYNC, '-e', quoted, ...args], { env: process.env });
}
