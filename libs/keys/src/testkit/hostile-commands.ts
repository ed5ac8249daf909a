import fc from 'fast-check';

/** Programs that hostile commands name; the tests put a tell-tale in the place of each. */
export const NAMED_PROGRAMS = [
  'touch',
  'sh',
  'bash',
  'ls',
  'cp',
  'curl',
  'nc',
  'python3',
  'reboot',
  'rsync',
  'chmod',
  'env',
];

/** Requests that no gate may grant: ruined valid ones, injections, odd paths and noise. `root` is the allowed folder. */
export function hostileCommands(root: string): fc.Arbitrary<string> {
  const program = fc.constantFrom(...NAMED_PROGRAMS);
  const valid = fc.constantFrom(
    'fc probe clock',
    'fc probe host',
    `fc begin ${root}/plan run-1 1`,
    `fc rsync ${root}/plan run-1 1 --server --daemon .`,
    `fc finish ${root}/plan run-1 1 succeeded`,
    `fc unchanged ${root}/plan run-1 1 run-0 1 snapshots/one`,
    `fc altered ${root}/plan run-1 1 run-0 1 current`,
    `fc clone ${root}/plan run-1 1 one`,
    `fc publish ${root}/plan run-1 1 one`,
    `fc send ${root}/plan run-1 --server --daemon .`,
  );
  return fc.oneof(
    injected(valid, program),
    ruined(valid),
    badPaths(root),
    badWords(root),
    // What a client sends that expects a plain account.
    program.map((name) => `${name} ${root}/x`),
    fc.constantFrom(
      '',
      ' ',
      'fc',
      'fc ',
      'rsync --server --daemon .',
      `rsync --server -logDtpre.iLsfxCIvu . ${root}`,
    ),
    fc.constantFrom('/usr/lib/openssh/sftp-server', 'internal-sftp', `scp -t ${root}`, 'exec $SHELL -i'),
    fc.string({ unit: 'binary', maxLength: 200 }).map(withoutNul),
    fc.string({
      unit: fc.constantFrom(...'fc probeginsh/.%0aA2F -;|&$`\'"\\\n\t*?[]{}<>()~#!'),
      maxLength: 80,
    }),
    fc.constantFrom(5_000, 100_000).map((length) => `fc begin ${root}/${'a'.repeat(length)} run-1 1`),
  );
}

/** Shell syntax spliced into a valid request. */
function injected(valid: fc.Arbitrary<string>, program: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const splice = fc
    .tuple(
      fc.constantFrom(
        ';',
        '|',
        '&&',
        '||',
        '\n',
        '&',
        '$(',
        '`',
        '>',
        '<',
        '*',
        '${IFS}',
        '\\',
        "'",
        '"',
        '\u00a0',
      ),
      program,
    )
    .map(([mark, name]) => `${mark}${name} x${mark === '$(' ? ')' : mark}`);
  return fc.tuple(valid, splice, fc.nat()).map(([text, piece, at]) => {
    const index = at % (text.length + 1);
    return text.slice(0, index) + piece + text.slice(index);
  });
}

/** Valid requests with a word too many, a word less, other blanks or other case. */
function ruined(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.constantFrom<(text: string) => string>(
    (text) => `${text} `,
    (text) => ` ${text}`,
    (text) => text.replace(' ', '  '),
    (text) => text.replace(' ', '\t'),
    (text) => `${text} x`,
    (text) => `${text}\n`,
    (text) => text.split(' ').slice(0, -1).join(' '),
    (text) => text.toUpperCase(),
    (text) => text.replace('fc', 'FC'),
    (text) => text.replace(/\S+$/, '--config=/tmp/x'),
    (text) => text.replace('fc', '/usr/bin/fc'),
    (text) => text.replace(/(clock|host|-1)/, '$1%20'),
  );
  return fc.tuple(valid, change).map(([text, apply]) => apply(text));
}

function badPaths(root: string): fc.Arbitrary<string> {
  const byte = fc.constantFrom(
    '%00',
    '%0A',
    '%0d',
    '%1b',
    '%7F',
    '%25',
    '%5C',
    '%5c',
    '%',
    '%2',
    '%zz',
    '%G0',
  );
  const path = fc.oneof(
    fc.tuple(byte, fc.boolean()).map(([bad, last]) => (last ? `${root}/a${bad}` : `${root}/${bad}b`)),
    fc
      .constantFrom(
        '/../x',
        '/..',
        '/.',
        '/./x',
        '//x',
        '/x/',
        '/%2E%2E/x',
        '/%2e%2e',
        '/x/%2E',
        '/a%20',
        '/%20a',
        '/a%20/b',
      )
      .map((tail) => root + tail),
    fc.constantFrom(
      '',
      '/',
      'x',
      './x',
      '%2Fetc',
      '/etc/x',
      '/etc/cron.d/x',
      `${root}x/y`,
      `${root}%20/x`,
      root,
      '~/x',
      '-rf',
    ),
    fc.constantFrom('/%2F', '/x%2F', '/x%2F%2Fy', '/%2e%2E%2fx').map((tail) => root + tail),
    fc.integer({ min: 1, max: 3 }).map((depth) => `${root}/${'../'.repeat(depth)}etc/x`),
    fc.constant(`${root}/${'%41'.repeat(1_100)}`),
  );
  const rest = fc.constantFrom<[string, string]>(
    ['begin', ''],
    ['rsync', ' --server --daemon .'],
    ['finish', ' failed'],
    ['unchanged', ' run-0 1 current'],
    ['altered', ' run-0 1 current'],
    ['clone', ' one'],
    ['publish', ' one'],
  );
  const writing = fc.tuple(path, rest).map(([place, [verb, tail]]) => `fc ${verb} ${place} run-1 1${tail}`);
  return fc.oneof(
    { weight: 3, arbitrary: writing },
    // Nothing may be read at all, so good paths are as bad.
    fc
      .oneof(path, fc.constantFrom(root, `${root}/plan`))
      .map((place) => `fc send ${place} run-1 --server --daemon .`),
  );
}

function badWords(root: string): fc.Arbitrary<string> {
  const runId = fc.constantFrom('-x', '.x', 'a/b', '..', 'a%20b', 'x'.repeat(65), '%41');
  const fence = fc.constantFrom('0', '01', '-1', '1.5', '1e3', '0x1', '1234567890123456', 'a', '%31');
  const outcome = fc.constantFrom('held', 'SUCCEEDED', 'succeeded%0A', '--server', '../x');
  const folder = fc.constantFrom(
    ...['archive', 'partial', 'snapshots', 'snapshots/', 'snapshots/..', 'snapshots/.x', 'snapshots/a/b'],
    ...['current/', './current', '/', '..', '.fleetclone', '-delete', 'snapshots/-exec'],
  );
  const daemon = fc.constantFrom(
    '--server --daemon',
    '--server --daemon ..',
    '--server --sender .',
    '--daemon --server .',
    '--server --daemon . --config=/x',
  );
  return fc.oneof(
    runId.map((word) => `fc begin ${root}/plan ${word} 1`),
    fence.map((word) => `fc begin ${root}/plan run-1 ${word}`),
    outcome.map((word) => `fc finish ${root}/plan run-1 1 ${word}`),
    daemon.map((words) => `fc rsync ${root}/plan run-1 1 ${words}`),
    daemon.map((words) => `fc send ${root}/plan run-1 ${words}`),
    runId.map((word) => `fc send ${root}/plan ${word} --server --daemon .`),
    runId.map((word) => `fc clone ${root}/plan run-1 1 ${word}`),
    runId.map((word) => `fc publish ${root}/plan run-1 1 ${word}`),
    runId.map((word) => `fc unchanged ${root}/plan run-1 1 ${word} 1 current`),
    fence.map((word) => `fc unchanged ${root}/plan run-1 1 run-0 ${word} current`),
    folder.map((word) => `fc unchanged ${root}/plan run-1 1 run-0 1 ${word}`),
    folder.map((word) => `fc altered ${root}/plan run-1 1 run-0 1 ${word}`),
  );
}

const withoutNul = (text: string): string => text.replaceAll('\0', '?');
