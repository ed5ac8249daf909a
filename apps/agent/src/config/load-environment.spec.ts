import { loadEnvironment } from './load-environment';

it('has defaults, and reads the token without blanks', () => {
  expect(loadEnvironment({})).toEqual({ logLevel: 'info', enrolToken: undefined });
  expect(loadEnvironment({ FLEETCLONE_LOG_LEVEL: 'debug', FLEETCLONE_ENROL_TOKEN: ' t\n' })).toEqual({
    logLevel: 'debug',
    enrolToken: 't',
  });
  expect(loadEnvironment({ FLEETCLONE_ENROL_TOKEN: '' }).enrolToken).toBeUndefined();
});

it('names a variable that makes no sense, never its value', () => {
  expect(() => loadEnvironment({ FLEETCLONE_LOG_LEVEL: 'hunter2' })).toThrow(
    /^FLEETCLONE_LOG_LEVEL (?!.*hunter2)/,
  );
});
