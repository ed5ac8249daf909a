module.exports = {
  projects: ['<rootDir>/{apps,libs}/*/jest.config.cjs', '<rootDir>/tools/jest.config.cjs'],
  // Most tests wait for programs, not for the processor.
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/tools/build/summary-reporter.cjs'],
};
