import fc from 'fast-check';
import {
  AbsolutePath,
  DestinationFolder,
  FilterPattern,
  HostName,
  IdempotencyKey,
  PublicKeyLine,
  reportedText,
} from './primitives';

describe('AbsolutePath', () => {
  it.each([
    ['/Users/ann', '/Users/ann'],
    ['/Users/ann/', '/Users/ann'],
    ['//Users///ann', '/Users/ann'],
    ['/', '/'],
    ['/Users/ann b/-x/$(y)', '/Users/ann b/-x/$(y)'],
  ])('reads %j as %j', (input, output) => {
    expect(AbsolutePath.parse(input)).toBe(output);
  });

  it.each(['', 'Users/ann', '/a/../b', '/a/./b', '/a/..', '/a\nb', '/a\0b', `/${'é'.repeat(600)}`])(
    'refuses %j',
    (input) => {
      expect(AbsolutePath.safeParse(input).success).toBe(false);
    },
  );
});

describe('DestinationFolder', () => {
  it.each(['/', '/a%b', '/a\\b', '/a / b', '/a/ b', '/a '])(
    'refuses %j, which the rsync daemon would read otherwise',
    (input) => {
      expect(DestinationFolder.safeParse(input).success).toBe(false);
    },
  );

  it('accepts blanks inside a name', () => {
    expect(DestinationFolder.parse('/Volumes/Backup Disk/fleet')).toBe('/Volumes/Backup Disk/fleet');
  });
});

describe('HostName', () => {
  it.each(['studio.local', '10.0.0.5', 'fe80::1%en0', '::1', 'a', 'Studio-Mac-2.example.org.'])(
    'accepts %s',
    (host) => {
      expect(HostName.safeParse(host).success).toBe(true);
    },
  );

  it.each(['-oProxyCommand=x', 'a b', 'a;b', '$(x)', 'a/b', 'rsync://x', '', 'host::module', 'a..b', '-a.b'])(
    'refuses %j',
    (host) => {
      expect(HostName.safeParse(host).success).toBe(false);
    },
  );

  it('never accepts what ssh would read as an option or split into words', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => !HostName.safeParse(text).success || /^[A-Za-z0-9:][A-Za-z0-9.:%-]*$/.test(text),
      ),
    );
  });
});

describe('PublicKeyLine', () => {
  it('refuses options, comments and line breaks', () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==';
    expect(PublicKeyLine.safeParse(key).success).toBe(true);
    expect(PublicKeyLine.safeParse(`command="x" ${key}`).success).toBe(false);
    expect(PublicKeyLine.safeParse(`${key} comment`).success).toBe(false);
    expect(PublicKeyLine.safeParse(`${key}\n${key}`).success).toBe(false);
  });
});

describe('reportedText', () => {
  it('replaces what could act on a terminal, and cuts to length', () => {
    expect(reportedText(8).parse('a\u001b[2Jb\tc\u009bdef')).toBe('a\ufffd[2Jb\tc');
  });
});

describe('IdempotencyKey', () => {
  it.each(['short', 'with blank in it', 'x'.repeat(201)])('refuses %j', (key) => {
    expect(IdempotencyKey.safeParse(key).success).toBe(false);
  });
});

describe('FilterPattern', () => {
  it.each(['', '  ', 'a\nb', 'a\0b'])('refuses %j', (pattern) => {
    expect(FilterPattern.safeParse(pattern).success).toBe(false);
  });

  it.each(['*.tmp', '.DS_Store', '/Users/*/Library/Caches', 'node_modules/', '#x'])(
    'accepts %s',
    (pattern) => {
      expect(FilterPattern.safeParse(pattern).success).toBe(true);
    },
  );
});
