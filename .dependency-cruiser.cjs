// The direction of dependencies, as docs/architecture.md states it. Everything here is an error.
const specs = '[.](spec|int-spec|e2e-spec)[.]ts$';
/** Code that only specs and tools run. */
const support = `${specs}|/testkit/|^apps/[^/]+/test/|^libs/testing/|^tools/|^[^/]+$`;

/** What a project may import of ours. */
const allowed = {
  'apps/web': ['libs/contracts'],
  'apps/controller': ['libs/contracts', 'libs/queue', 'libs/keys', 'libs/transfer'],
  'apps/agent': ['libs/contracts', 'libs/queue', 'libs/keys', 'libs/transfer'],
  'libs/queue': ['libs/contracts'],
  'libs/transfer': [],
  'libs/keys': [],
  'libs/contracts': [],
};

const directions = Object.entries(allowed).map(([project, targets]) => ({
  name: `direction-of-${project.replace('/', '-')}`,
  severity: 'error',
  from: { path: `^${project}/`, pathNot: support },
  to: { path: '^(apps|libs|tools)/', pathNot: [project, ...targets].map((target) => `^${target}/`) },
}));

/** No package of these names. */
const packages = (names) => `node_modules/(${names.join('|')})(/|$)`;

module.exports = {
  forbidden: [
    ...directions,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-missing',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '[.](sh|css)$|[.]worker[?]text$' },
    },
    {
      name: 'apps-stay-apart',
      comment: 'Specs of whole programs live in tools/e2e, which may start any of them.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'testing-for-specs-only',
      severity: 'error',
      from: { pathNot: support },
      to: { path: '^libs/testing/|/testkit/|^tools/' },
    },
    {
      name: 'agent-without-server',
      severity: 'error',
      from: { path: '^(apps/agent|libs)/' },
      to: { path: packages(['@nestjs', '@prisma', 'prisma', 'pg', 'express']) },
    },
    {
      name: 'browser-without-node',
      severity: 'error',
      from: { path: '^(apps/web|libs/contracts)/', pathNot: `${support}|config[.]ts$` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'framework-free-libs',
      severity: 'error',
      from: { path: '^libs/(transfer|keys|contracts)/', pathNot: support },
      to: { path: packages(['@nestjs', 'bullmq', 'ioredis', '@prisma', 'pino']) },
    },
    {
      name: 'pure-domain',
      severity: 'error',
      from: { path: '/domain/', pathNot: specs },
      to: {
        path: packages(['@nestjs', 'bullmq', 'ioredis', '@prisma', 'pg', 'express', 'pino']),
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'domain-looks-inward',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/([^/]+)/domain/' },
      to: { path: '^apps/', pathNot: '^apps/[^/]+/src/$1/domain/' },
    },
    {
      name: 'drivers-stay-in-adapters',
      comment:
        'Redis, PostgreSQL and processes are reached from platform/ and the adapters named after them.',
      severity: 'error',
      from: { path: '^apps/controller/src/', pathNot: '/platform/|/generated/|migrate[.]ts$' },
      to: {
        path: `${packages(['bullmq', 'ioredis', 'pg', '@prisma'])}|^(node:)?child_process$`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'features-meet-at-index',
      severity: 'error',
      from: { path: '^apps/controller/src/([^/]+)/', pathNot: '^apps/controller/src/platform/' },
      to: {
        path: '^apps/controller/src/([^/]+)/.+',
        pathNot: ['^apps/controller/src/($1|platform|config|generated)/', '/index[.]ts$'],
      },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^apps/controller/src/platform/' },
      to: { path: '^apps/controller/src/', pathNot: '^apps/controller/src/(platform|config|generated)/' },
    },
    {
      name: 'libs-by-their-index',
      severity: 'error',
      from: { path: '^(apps|libs|tools)/([^/]+)/', pathNot: support },
      to: { path: '^libs/([^/]+)/src/.+', pathNot: ['^libs/[^/]+/src/index[.]ts$', '^libs/$2/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules/.*/node_modules|/generated/|__fixtures__|^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
