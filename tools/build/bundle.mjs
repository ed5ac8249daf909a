// Bundles one program: `node tools/build/bundle.mjs agent|controller|tools`.
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { transform } from '@swc/core';
import swcOptions from './swc-options.cjs';
import workerTextModule from './worker-text.cjs';

/** esbuild emits no decorator metadata, which Nest's injection needs; files with decorators go through swc first. */
const decoratorMetadata = {
  name: 'decorator-metadata',
  setup(builder) {
    builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (path.includes('/node_modules/') || !/^\s*@[A-Z]\w+\(/m.test(source)) return undefined;
      const { code } = await transform(source, {
        ...swcOptions,
        filename: path,
        module: { type: 'es6' },
        sourceMaps: 'inline',
      });
      return { contents: code, loader: 'js' };
    });
  },
};

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  keepNames: true,
  sourcemap: 'linked',
  logLevel: 'warning',
  tsconfig: 'tsconfig.base.json',
  loader: { '.sh': 'text', '.prisma': 'text', '.sql': 'text' },
  // Some dependencies are ES modules and ask where they are.
  banner: { js: "const __importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': '__importMetaUrl' },
  plugins: [workerTextModule.workerText, decoratorMetadata],
};

const programs = {
  // The agent is one file that runs with nothing but Node. Left out: native helpers that ssh2 does without, and drivers that BullMQ does not use here.
  agent: {
    entryPoints: { main: 'apps/agent/src/main.ts' },
    outdir: 'dist/apps/agent',
    minifySyntax: true,
    external: [
      'cpu-features',
      './crypto/build/Release/sshcrypto.node',
      'pg',
      'redis',
      'bullmq-otel',
      '@opentelemetry/api',
    ],
  },
  // The controller finds its packages in node_modules.
  controller: {
    entryPoints: { main: 'apps/controller/src/main.ts', migrate: 'apps/controller/src/migrate.ts' },
    outdir: 'dist/apps/controller',
    packages: 'external',
  },
  tools: {
    entryPoints: {
      demo: 'tools/demo/demo.ts',
      bench: 'tools/bench/bench.ts',
      'bench-link': 'tools/bench/link/link-process.ts',
      'bench-agent': 'tools/bench/agent/bench-agent.ts',
    },
    outdir: 'dist/tools',
    packages: 'external',
  },
};

const name = process.argv[2];
const program = programs[name];
if (!program) {
  process.stderr.write(`usage: bundle.mjs ${Object.keys(programs).join('|')}\n`);
  process.exit(2);
}
await build({ ...common, ...program });
