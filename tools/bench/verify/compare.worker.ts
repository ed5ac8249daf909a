// Compares in a thread of its own, so that two comparisons use two processors.
import { parentPort, workerData } from 'node:worker_threads';
import { compareTrees } from '../../demo-home/compare-trees';
import { compareContents } from './compare-contents';
import { CompareOrder } from './compare-order';

const { source, copy, keeps, ownership } = CompareOrder.parse(workerData);
const comparison =
  keeps === 'everything'
    ? compareTrees(source, copy, { ownership, xattrs: true })
    : compareContents(source, copy);
void comparison.then((result) => parentPort?.postMessage(result));
