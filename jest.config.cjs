module.exports = {
  projects: ['<rootDir>/{apps,libs}/*/jest.config.cjs', '<rootDir>/tools/jest.config.cjs'],
  reporters: ['default', '<rootDir>/tools/build/summary-reporter.cjs'],
};
