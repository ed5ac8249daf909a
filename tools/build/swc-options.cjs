// One set of compiler options for tests and for decorated files in bundles: Nest needs decorator metadata, which esbuild does not emit.
module.exports = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', tsx: false, decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
};
