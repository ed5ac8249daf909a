import { helpText } from './help';
import { parseCommand } from './parse-command';
import { UsageError } from './usage-error';

const parse = (...args: string[]) => parseCommand(args, '/some folder');

it('reads enroll with everything it can have', () => {
  const command = parse(
    ...[
      'enroll',
      '--controller',
      'https://fleet.example.com/base/',
      '--token-file',
      'token',
      '--name',
      'studio-mac',
    ],
    ...[
      '--state',
      '/var/state',
      '--ssh-address',
      '192.0.2.7',
      '--ssh-address',
      'studio.local',
      '--ssh-port',
      '2222',
    ],
    ...[
      '--ssh-user',
      'root',
      '--ssh-host-key',
      '/etc/ssh/a.pub',
      '--authorized-keys',
      '/root/.ssh/authorized_keys',
    ],
    ...[
      '--gate-folder',
      '/gate',
      '--allow-source',
      '/Users/',
      '--allow-destination',
      '/Volumes/Backup',
      '--replace',
    ],
  );

  expect(command).toEqual({
    kind: 'enroll',
    controllerUrl: 'https://fleet.example.com/base',
    token: undefined,
    tokenFile: '/some folder/token',
    name: 'studio-mac',
    stateFolder: '/var/state',
    isReplacing: true,
    ssh: {
      addresses: ['192.0.2.7', 'studio.local'],
      port: 2222,
      user: 'root',
      hostKeyFiles: ['/etc/ssh/a.pub'],
      authorizedKeysFile: '/root/.ssh/authorized_keys',
    },
    gateFolder: '/gate',
    sourceRoots: ['/Users'],
    destinationRoots: ['/Volumes/Backup'],
  });
});

it('reads the other commands', () => {
  expect(parse('run')).toEqual({ kind: 'run', stateFolder: undefined });
  expect(parse('run', '--state', 'here')).toEqual({ kind: 'run', stateFolder: '/some folder/here' });
  expect(parse('status', '--json')).toEqual({ kind: 'status', stateFolder: undefined, isJson: true });
  expect(parse('--version')).toEqual({ kind: 'version' });
  expect(parse()).toEqual({ kind: 'help' });
  expect(parse('enroll', '--help')).toEqual({ kind: 'help' });
});

it.each([
  [['dance'], 'there is no command "dance"'],
  [['run', '--controller', 'x'], "Unknown option '--controller'"],
  [['run', 'extra'], 'Unexpected argument'],
  [['enroll'], 'enroll needs --controller URL'],
  [['enroll', '--controller', 'fleet.example.com'], '--controller must be an address'],
  [['enroll', '--controller', 'https://user:secret@fleet.example.com'], 'plain address'],
  [['enroll', '--controller', 'https://x', '--token', 'a', '--token-file', 'b'], 'not both'],
  [['enroll', '--controller', 'https://x', '--ssh-port', '0'], '--ssh-port'],
  [['enroll', '--controller', 'https://x', '--ssh-port', 'ssh'], '--ssh-port'],
  [['enroll', '--controller', 'https://x', '--ssh-address', '-oProxyCommand=x'], '--ssh-address'],
  [['enroll', '--controller', 'https://x', '--allow-destination', '/'], '--allow-destination'],
  [['enroll', '--controller', 'https://x', '--allow-destination', ''], 'must not be empty'],
  [['enroll', '--controller', 'https://x', '--name', 'a\u0007b'], '--name'],
])('refuses %j in one line', (args, message) => {
  const refused = (): unknown => parse(...args);

  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(message);
  expect(refused).not.toThrow('\n');
});

it('explains every option of enroll, and that arguments can be seen', () => {
  for (const option of [
    'token',
    'token-file',
    'name',
    'state',
    'replace',
    'ssh-address',
    'ssh-port',
    'ssh-user',
  ]) {
    expect(helpText).toContain(`--${option}`);
  }
  for (const option of [
    'ssh-host-key',
    'authorized-keys',
    'gate-folder',
    'allow-source',
    'allow-destination',
  ]) {
    expect(helpText).toContain(`--${option}`);
  }
  expect(helpText).toContain('visible to every user');
});
