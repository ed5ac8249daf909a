import { Worker } from 'node:worker_threads';
import type { Fidelity } from '../contenders/contender';
import workerSource from './compare.worker?text';
import { ComparisonAnswer, type CompareOrder } from './compare-order';

/** Whether a copy is one, as far as it is held to be. */
export interface Verdict {
  readonly isEqual: boolean;
  /** Names looked at on the source's side. */
  readonly entries: number;
  readonly differenceCount: number;
  readonly firstDifferences: readonly string[];
  readonly notCompared: readonly string[];
}

const MOST_SHOWN = 5;

/** Compares a copy with its source, byte by byte and without rsync or any contender. */
export async function verifyCopy(source: string, copy: string, keeps: Fidelity): Promise<Verdict> {
  const ownership = process.getuid?.() === 0;
  const answer = await compareInThread({ source, copy, keeps, ownership });
  const { entries, differences, differenceCount, notCompared } = answer;
  return {
    isEqual: differenceCount === 0,
    entries,
    differenceCount,
    firstDifferences: differences.slice(0, MOST_SHOWN).map(({ path, what }) => `${path}: ${what}`),
    notCompared,
  };
}

function compareInThread(order: CompareOrder): Promise<ReturnType<typeof ComparisonAnswer.parse>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerSource, { eval: true, workerData: order });
    worker.once('message', (answer) => resolve(ComparisonAnswer.parse(answer)));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the comparison ended with ${code} and no answer`)));
  });
}
