import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The instructions of each stage, continued lines joined, comments left out. */
function readStages(text: string): string[][] {
  const lines = text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return lines.reduce<string[][]>((stages, line) => {
    if (line.startsWith('FROM ')) return [...stages, [line]];
    stages.at(-1)?.push(line);
    return stages;
  }, []);
}

const stages = readStages(read('Dockerfile'));
const final = stages.at(-1) ?? [];
const of = (instruction: string, stage: readonly string[] = final): string[] =>
  stage.filter((line) => line.startsWith(`${instruction} `));

describe('Dockerfile', () => {
  it('builds on one Debian image, with a Node that we run on', () => {
    const images = stages.map(([from]) => from?.split(' ')[1]);

    expect(stages).toHaveLength(3);
    expect(new Set(images)).toEqual(new Set(['node:22-bookworm-slim']));
  });

  it('installs exactly what the lock file says, and runs no script of a package', () => {
    const installs = stages.flat().filter((line) => /\bnpm (?:ci|install)\b/.test(line));

    expect(installs).toHaveLength(2);
    expect(installs.filter((line) => !line.startsWith('RUN npm ci --ignore-scripts '))).toEqual([]);
  });

  it('puts in place what the controller looks for: packages, migrations beside it, the console in ../web', () => {
    const copies = of('COPY');
    const build = JSON.parse(read('apps/controller/project.json')) as {
      targets: { build: { options: { commands: string[] } } };
    };

    expect(copies).toEqual([
      'COPY --from=packages /app/package.json ./package.json',
      'COPY --from=packages /app/node_modules ./node_modules',
      'COPY --from=build /src/dist/apps/controller ./dist/apps/controller',
      'COPY --from=build /src/dist/apps/web ./dist/apps/web',
    ]);
    expect(build.targets.build.options.commands.join('\n')).toContain(
      'cp -R apps/controller/prisma dist/apps/controller/prisma',
    );
    expect(read('tools/build/bundle.mjs')).toContain("outdir: 'dist/apps/controller'");
    expect(read('apps/web/vite.config.mts')).toContain("outDir: '../../dist/apps/web'");
    expect(of('CMD')).toEqual(['CMD ["node", "dist/apps/controller/main.cjs"]']);
  });

  it('runs as an ordinary user with a private folder for its secrets', () => {
    expect(final.indexOf('USER node')).toBeGreaterThan(final.findIndex((line) => line.startsWith('RUN ')));
    expect(of('RUN')).toEqual(['RUN install -d -o node -g node -m 0700 /var/lib/fleetclone']);
    expect(of('VOLUME')).toEqual(['VOLUME /var/lib/fleetclone']);
  });

  it('says how to ask whether it lives, and names no variable that the controller does not read', () => {
    const known = read('apps/controller/src/config/load-config.ts');
    const names = of('ENV').flatMap((line) => [...line.matchAll(/(\w+)=/g)].map(([, name]) => name ?? ''));

    expect(of('HEALTHCHECK').join()).toContain('http://127.0.0.1:4300/livez');
    expect(names.filter((name) => name !== 'NODE_ENV' && !known.includes(`  ${name}: z`))).toEqual([]);
    expect(names.filter((name) => /PASSWORD|TOKEN|URL/.test(name))).toEqual([]);
  });

  it('leaves secrets, packages and builds of this machine outside', () => {
    const ignored = read('.dockerignore').split('\n');

    expect(ignored).toEqual(expect.arrayContaining(['.git', 'node_modules', 'dist', 'var', '**/.env*']));
  });
});
