// Bundles the source of a worker thread into one text, for `new Worker(text, { eval: true })`: a bundled program stays one file.
const { buildSync } = require('esbuild');

/** @param {string} path absolute path of a `*.worker.ts` */
function bundleWorker(path) {
  const { outputFiles } = buildSync({
    entryPoints: [path],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

/** esbuild plugin for imports of `./name.worker?text`. */
const workerText = {
  name: 'worker-text',
  setup(builder) {
    builder.onResolve({ filter: /\.worker\?text$/ }, ({ path, resolveDir }) => ({
      path: require('node:path').resolve(resolveDir, path.replace(/\?text$/, '.ts')),
      namespace: 'worker-text',
    }));
    builder.onLoad({ filter: /.*/, namespace: 'worker-text' }, ({ path }) => ({
      contents: bundleWorker(path),
      loader: 'text',
    }));
  },
};

// The same as a transform of Jest's; a worker's text depends on files that Jest does not know of, so it is never cached.
module.exports = {
  workerText,
  canInstrument: false,
  getCacheKey: () => `${process.pid}-${Date.now()}`,
  process: (_source, path) => ({
    code: `module.exports = { __esModule: true, default: ${JSON.stringify(bundleWorker(path))} };`,
  }),
};
