import { readFixture } from '../testkit/fixtures';
import { causeOfConnectError, classifySharedSshFailure, classifySshFailure } from './ssh-failure';

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
    ['ssh: connect to host 10.0.0.9 port 22: Connection reset by peer', 'SSH.RESET'],
    ['Connection reset by UNKNOWN port -1', 'SSH.RESET'],
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

describe('the cause of a failure over a kept connection', () => {
  const dead = 'Timeout, server 10.0.0.9 not responding.\r\n';
  const stale = 'Control socket connect(/tmp/fc-a/s): Connection refused\r\n';

  it("is in the master's words when the client has none, or complains of the socket only", () => {
    expect(classifySharedSshFailure('', dead).code).toBe('SSH.LOST');
    expect(classifySharedSshFailure(stale, dead).code).toBe('SSH.LOST');
  });

  it('is what the client met when it had to connect by itself, not what ended the kept connection before', () => {
    const refused = `${stale}ssh: connect to host 10.0.0.9 port 22: Connection refused\r\n`;

    expect(classifySharedSshFailure(refused, dead).code).toBe('SSH.REFUSED');
  });

  it('is the loss itself when nobody says more', () => {
    const lost = { code: 'SSH.KEPT_CONNECTION_LOST', layer: 'ssh', side: 'path', retryable: true };

    expect(classifySharedSshFailure('', '')).toMatchObject(lost);
    expect(
      classifySharedSshFailure('mux_client_read_packet: read header failed: Broken pipe\n', ''),
    ).toMatchObject(lost);
    expect(classifySharedSshFailure('Shared connection to 10.0.0.9 closed.\r\n', '')).toMatchObject(lost);
  });
});

describe('the cause of a connection that our own code could not make', () => {
  it.each([
    ['ENOTFOUND', 'SSH.HOST_UNKNOWN'],
    ['ECONNREFUSED', 'SSH.REFUSED'],
    ['EHOSTUNREACH', 'SSH.UNREACHABLE'],
    ['EACCES', 'SSH.BLOCKED'],
    ['ETIMEDOUT', 'SSH.TIMED_OUT'],
    ['ECONNRESET', 'SSH.RESET'],
  ])('is the one that ssh would have told for %s', (errorCode, code) => {
    expect(causeOfConnectError(errorCode)?.code).toBe(code);
  });

  it('is not made up for an error that ssh could not have met', () => {
    expect(causeOfConnectError('EMFILE')).toBeNull();
    expect(causeOfConnectError(undefined)).toBeNull();
  });
});
