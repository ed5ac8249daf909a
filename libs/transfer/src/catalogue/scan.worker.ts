// A scanning thread: reads folders it is handed, compares them with the catalogue, and answers with what differs.
// It uses the synchronous calls of fs: from a thread of its own they are twice as quick as the asynchronous ones.
import { parentPort, workerData } from 'node:worker_threads';
import { FolderScanner } from './folder-scanner';
import type { FolderTask, ScanWorkerData } from './scan-messages';

const scanner = new FolderScanner(workerData as ScanWorkerData);
parentPort?.on('message', (tasks: readonly FolderTask[]) => {
  const reply = scanner.scan(tasks);
  parentPort?.postMessage(reply, [reply.blocks]);
});
