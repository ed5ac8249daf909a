import { Worker } from 'node:worker_threads';
import type { TreeComparison } from '../../demo-home';
import type { Contender } from '../contenders/contender';
import workerSource from './compare.worker?text';
import { ComparisonAnswer, type CompareOrder } from './compare-order';

/** Whether a copy is one, as far as it is held to be. */
export interface Verdict {
  readonly isEqual: boolean;
  /** Names looked at on the source's side. */
  readonly entries: number;
  /** Those that count. */
  readonly differenceCount: number;
  /** Why others do not count. */
  readonly excused: readonly string[];
  readonly firstDifferences: readonly string[];
  readonly notCompared: readonly string[];
}

const MOST_SHOWN = 5;

type Standard = Pick<Contender, 'keeps' | 'excuses'>;

/** Compares a copy with its source, byte by byte and without rsync or any contender. */
export async function verifyCopy(source: string, copy: string, standard: Standard): Promise<Verdict> {
  const ownership = process.getuid?.() === 0;
  const comparison = await compareInThread({ source, copy, keeps: standard.keeps, ownership });
  return judgeComparison(comparison, standard);
}

/** Only differences that are listed can be excused: beyond a thousand all count. */
export function judgeComparison(comparison: TreeComparison, { excuses }: Standard): Verdict {
  const { entries, differences, notCompared } = comparison;
  const used = excuses.filter((excuse) => differences.some((difference) => excuse.covers(difference)));
  const left = differences.filter((difference) => !used.some((excuse) => excuse.covers(difference)));
  const differenceCount = comparison.differenceCount - (differences.length - left.length);
  return {
    isEqual: differenceCount === 0,
    entries,
    differenceCount,
    excused: used.map(({ why }) => why),
    firstDifferences: left.slice(0, MOST_SHOWN).map(({ path, what }) => `${path}: ${what}`),
    notCompared,
  };
}

function compareInThread(order: CompareOrder): Promise<TreeComparison> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerSource, { eval: true, workerData: order });
    worker.once('message', (answer) => resolve(ComparisonAnswer.parse(answer)));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the comparison ended with ${code} and no answer`)));
  });
}
