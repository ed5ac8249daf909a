const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const swc = require('./tools/build/swc-options.cjs');

const { paths } = JSON.parse(readFileSync(join(__dirname, 'tsconfig.base.json'), 'utf8')).compilerOptions;

// What each suffix may touch: .spec is pure; .int-spec talks to real services; .e2e-spec starts whole programs.
const matches = { unit: ['**/*.spec.ts'], int: ['**/*.int-spec.ts'], e2e: ['**/*.e2e-spec.ts'] };
const tiers = (process.env.FLEETCLONE_TEST_TIERS ?? 'unit,int,e2e').split(',');

/** @param {string} projectRoot the absolute folder of the project */
module.exports = (projectRoot) => ({
  displayName: projectRoot.split('/').slice(-1)[0],
  rootDir: projectRoot,
  testEnvironment: 'node',
  testMatch: tiers.flatMap((tier) => matches[tier].map((glob) => `<rootDir>/${glob}`)),
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'cjs', 'json', 'sh'],
  moduleNameMapper: {
    ...Object.fromEntries(
      Object.entries(paths).map(([name, [target]]) => [`^${name}$`, join(__dirname, target)]),
    ),
    '^(.+[.]worker)[?]text$': '$1.ts',
  },
  transform: {
    '[.]worker[.]ts$': join(__dirname, 'tools/build/worker-text.cjs'),
    '\\.(sh|sql|prisma)$': join(__dirname, 'tools/build/text-transform.cjs'),
    '^.+\\.(m?js|tsx?)$': ['@swc/jest', { ...swc, module: { type: 'commonjs' }, sourceMaps: 'inline' }],
  },
  // These ship ES modules only; Jest's own require(esm) needs Node 24.9.
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|jose|@prisma/schema-engine-wasm)/)'],
});
