import { CASE_IDS, type CaseId } from './plan/chapters';
import { type Scale, SCALES } from './plan/scale';

export interface BenchOptions {
  readonly scale: Scale;
  readonly only: readonly CaseId[] | undefined;
  readonly jsonFile: string | undefined;
  readonly svgFolder: string | undefined;
}

export const USAGE = `usage: npm run bench -- transfer [options]
  --full              100,000 small files and larger large ones: up to an hour
  --quick             tiny sets, one round: shows that everything runs, and nothing more
  --only CASE,…       of ${CASE_IDS.join(', ')}
  --rounds N          how often each case is measured; the usual is 3
  --json FILE         everything that was measured
  --svg FOLDER        a chart for each case
Data and copies are made below TMPDIR; without it in memory (/dev/shm) where there is such a place.`;

/** The command line cannot be understood; the message says why. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

/** Reads the arguments after `npm run bench --`; throws BenchUsageError. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const [suite, ...rest] = args;
  if (suite !== 'transfer') throw new BenchUsageError('there is one suite, and it is called transfer');
  const reader = new OptionReader(rest);
  let scale = SCALES.usual;
  let rounds: number | undefined;
  let only: readonly CaseId[] | undefined;
  let jsonFile: string | undefined;
  let svgFolder: string | undefined;
  for (let name = reader.next(); name !== undefined; name = reader.next()) {
    if (name === '--full') scale = SCALES.full;
    else if (name === '--quick') scale = SCALES.quick;
    else if (name === '--only') only = reader.value(name).split(',').map(checkCase);
    else if (name === '--rounds') rounds = checkRounds(reader.value(name));
    else if (name === '--json') jsonFile = reader.value(name);
    else if (name === '--svg') svgFolder = reader.value(name);
    else throw new BenchUsageError(`unknown option ${name}`);
  }
  return { scale: { ...scale, rounds: rounds ?? scale.rounds }, only, jsonFile, svgFolder };
}

class OptionReader {
  private at = 0;

  constructor(private readonly args: readonly string[]) {}

  next(): string | undefined {
    const arg = this.args[this.at];
    this.at += 1;
    return arg;
  }

  value(name: string): string {
    const value = this.next();
    if (value === undefined || value.startsWith('--')) throw new BenchUsageError(`${name} needs a value`);
    return value;
  }
}

function checkCase(name: string): CaseId {
  const found = CASE_IDS.find((id) => id === name);
  if (found === undefined)
    throw new BenchUsageError(`no case is called ${name}; there are ${CASE_IDS.join(', ')}`);
  return found;
}

function checkRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 99)
    throw new BenchUsageError('--rounds needs a number from 1 to 99');
  return rounds;
}
