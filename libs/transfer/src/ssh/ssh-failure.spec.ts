import { readFixture } from '../testkit/fixtures';
import { classifySshFailure } from './ssh-failure';

describe('the cause of a failed ssh connection', () => {
  it.each([
    ['host-key-changed', 'SSH.HOST_KEY_CHANGED', 'remote', false],
    ['host-key-unknown', 'SSH.HOST_KEY_UNKNOWN', 'remote', false],
    ['auth-refused', 'SSH.AUTH_REFUSED', 'remote', false],
    ['identity-missing', 'SSH.IDENTITY_MISSING', 'source', false],
    ['identity-unprotected', 'SSH.IDENTITY_UNPROTECTED', 'source', false],
    ['identity-unreadable', 'SSH.IDENTITY_UNREADABLE', 'source', false],
    ['config-refused', 'SSH.CONFIG_REFUSED', 'source', false],
    ['no-common-algorithm', 'SSH.NO_COMMON_ALGORITHM', 'path', false],
    ['host-unknown', 'SSH.HOST_UNKNOWN', 'path', true],
    ['refused', 'SSH.REFUSED', 'remote', true],
    ['unreachable', 'SSH.UNREACHABLE', 'path', true],
    ['no-banner', 'SSH.NO_BANNER', 'remote', true],
    ['closed-early', 'SSH.CLOSED_EARLY', 'remote', true],
    ['reset', 'SSH.RESET', 'path', true],
    ['closed', 'SSH.CLOSED', 'remote', true],
  ])('is named for the recorded case "%s"', (fixture, code, side, retryable) => {
    const stderr = readFixture('ssh', `${fixture}.stderr`).toString();

    expect(classifySshFailure(stderr)).toMatchObject({ code, side, retryable });
  });

  it.each([
    [
      'ssh: Could not resolve hostname studio.local: nodename nor servname provided, or not known',
      'SSH.HOST_UNKNOWN',
    ],
    ['ssh: connect to host 10.0.0.9 port 22: Operation timed out', 'SSH.TIMED_OUT'],
    ['ssh: connect to host 10.0.0.9 port 22: Connection timed out', 'SSH.TIMED_OUT'],
    ['ssh: connect to host 10.0.0.9 port 22: Host is down', 'SSH.UNREACHABLE'],
    ['ssh: connect to host 10.0.0.9 port 22: Network is unreachable', 'SSH.UNREACHABLE'],
    ['ssh: connect to host 10.0.0.9 port 22: Permission denied', 'SSH.BLOCKED'],
    ['Timeout, server 10.0.0.9 not responding.', 'SSH.LOST'],
    ['client_loop: send disconnect: Broken pipe', 'SSH.CLOSED'],
    ['Connection to 10.0.0.9 closed by remote host.', 'SSH.CLOSED'],
    [
      'Received disconnect from 10.0.0.9 port 22:2: Too many authentication failures',
      'SSH.TOO_MANY_ATTEMPTS',
    ],
  ])('is named for "%s"', (line, code) => {
    expect(classifySshFailure(`${line}\r\n`)?.code).toBe(code);
  });

  it('is unknown when ssh said nothing of its own', () => {
    expect(classifySshFailure('')).toBeNull();
    expect(classifySshFailure('rsync: did not see server greeting\n')).toBeNull();
  });

  it('is never taken from the name of a file', () => {
    const name = 'Host key verification failed. Permission denied (publickey). Connection reset by';
    const stderr = `rsync: [sender] send_files failed to open "/Users/ann/${name}": Permission denied (13)\n`;

    expect(classifySshFailure(stderr)).toBeNull();
  });
});
