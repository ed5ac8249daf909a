import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeTempFolder } from '@fleetclone/testing';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');

interface GraphFile {
  readonly graph: { readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>> };
}

describe('the graph of projects', () => {
  // Without it a change in a library would leave what uses it built, linted and checked as it was.
  it('knows which project uses which', async () => {
    const temp = await makeTempFolder('graph');
    try {
      const file = join(temp.path, 'graph.json');
      await run(join(ROOT, 'node_modules/.bin/nx'), ['graph', `--file=${file}`], { cwd: ROOT });
      const { graph } = JSON.parse(await readFile(file, 'utf8')) as GraphFile;
      const usedBy = (name: string) => graph.dependencies[name]?.map(({ target }) => target);

      expect(usedBy('agent')).toEqual(expect.arrayContaining(['contracts', 'keys', 'queue', 'transfer']));
      expect(usedBy('controller')).toEqual(expect.arrayContaining(['contracts', 'keys', 'queue']));
      expect(usedBy('web')).toContain('contracts');
      expect(usedBy('tools')).toContain('agent');
    } finally {
      await temp.remove();
    }
  });
});
