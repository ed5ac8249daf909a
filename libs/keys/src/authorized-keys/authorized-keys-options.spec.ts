import { authorizedKeysOptions, InvalidAuthorizedKeysOptionError } from './authorized-keys-options';
import { codeOf } from '../testkit/code-of';

const GATE = '/Library/Fleetclone/gate.sh';

describe('authorizedKeysOptions', () => {
  it('forces the gate and forbids everything else', () => {
    expect(authorizedKeysOptions({ gateCommand: GATE, credentialId: 'c1' })).toBe(
      'restrict,command="/Library/Fleetclone/gate.sh c1"',
    );
  });

  it('quotes a path with blanks for the remote shell', () => {
    const gateCommand = '/Library/Application Support/Fleetclone/gate.sh';
    expect(authorizedKeysOptions({ gateCommand, credentialId: 'c1' })).toBe(
      `restrict,command="'/Library/Application Support/Fleetclone/gate.sh' c1"`,
    );
  });

  it('limits the addresses when asked to', () => {
    const from = ['10.0.0.0/8', 'fe80::*', '!10.0.0.9'];
    expect(authorizedKeysOptions({ gateCommand: GATE, credentialId: 'c1', from })).toBe(
      `restrict,command="${GATE} c1",from="10.0.0.0/8,fe80::*,!10.0.0.9"`,
    );
  });

  it.each(['gate.sh', '', '/', '/a"b', "/a'b", '/a\\b', '/a\nb', '/a\tb'])(
    'refuses the gate path %j',
    (gateCommand) => {
      expect(() => authorizedKeysOptions({ gateCommand, credentialId: 'c1' })).toThrow(
        InvalidAuthorizedKeysOptionError,
      );
    },
  );

  it.each(['', '-c', '.c', 'a b', 'a;b', 'a"b', 'a\n', 'x'.repeat(65)])(
    'refuses the credential id %j',
    (credentialId) => {
      expect(codeOf(() => authorizedKeysOptions({ gateCommand: GATE, credentialId }))).toBe(
        'KEYS.INVALID_AUTHORIZED_KEYS_OPTION',
      );
    },
  );

  it.each([[[]], [['']], [['a b']], [['a"']], [['a,b']], [['a\nb']]])('refuses the addresses %j', (from) => {
    expect(() => authorizedKeysOptions({ gateCommand: GATE, credentialId: 'c', from })).toThrow(
      InvalidAuthorizedKeysOptionError,
    );
  });
});
