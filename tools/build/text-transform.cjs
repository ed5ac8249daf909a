// Jest transform for files that the bundles embed as text (shell scripts, SQL, Prisma schemas).
module.exports = {
  process: (source) => ({
    code: `module.exports = { __esModule: true, default: ${JSON.stringify(source)} };`,
  }),
};
