import {
  GateReplyError,
  parseAlteredReply,
  parseBeginReply,
  parseCloneReply,
  parseGateReply,
  parseHostReply,
  parsePublishReply,
  parseUnchangedReply,
} from './gate-reply';
import { codeOf } from '../testkit/code-of';

const BEGIN = [
  '@@begin',
  'free-kib 1024',
  'uid 0',
  'rsync rsync  version 3.5.0',
  'rsync-version rsync  version 3.5.0 |     64-bit files |  | Checksum list:',
  'module-root ',
  'previous run-6 6 succeeded',
  'latest 2026-08-13',
  'found copy',
  'has-partial no',
  'system Darwin 25.0.0 arm64',
  'file-system apfs',
  '@@end',
  '',
].join('\n');

describe('parseGateReply', () => {
  it('gives the values of each section', () => {
    const reply = parseGateReply(`${BEGIN}@@finish\noutcome succeeded\n@@end\n`);
    expect([...reply.keys()]).toEqual(['begin', 'finish']);
    expect(reply.get('finish')?.get('outcome')).toBe('succeeded');
    expect(reply.get('begin')?.get('rsync')).toBe('rsync  version 3.5.0');
  });

  it('passes over what start-up files of the remote shell print around it', () => {
    expect(parseGateReply(`Welcome!\n@@ not ours\n${BEGIN}bye`).size).toBe(1);
  });

  it.each([
    ['nothing', ''],
    ['no section', 'fc-gate: denied\n'],
    ['a section that was cut off', BEGIN.slice(0, -7)],
    ['a section in a section', '@@begin\n@@begin\n@@end\n'],
    ['a line without a key', '@@begin\n 1024\n@@end\n'],
  ])('refuses %s', (_what, text) => {
    expect(codeOf(() => parseGateReply(text))).toBe('KEYS.GATE_REPLY_MALFORMED');
  });
});

describe('parseBeginReply', () => {
  it('reads all that a remote with a copy tells, the lines of its rsync among it', () => {
    expect(parseBeginReply(BEGIN)).toEqual({
      freeKib: 1024,
      uid: 0,
      rsync: 'rsync  version 3.5.0',
      rsyncVersionText: 'rsync  version 3.5.0\n    64-bit files\n\nChecksum list:',
      moduleRoot: '',
      previous: { runId: 'run-6', fence: 6, outcome: 'succeeded' },
      latestSnapshot: '2026-08-13',
      found: 'copy',
      hasPartial: false,
      system: 'Darwin 25.0.0 arm64',
      fileSystem: 'apfs',
    });
  });

  it('reads a remote that has nothing yet, with blanks and line separators in its module root', () => {
    const values = [
      ...['free-kib 0', 'uid 501', 'rsync ', 'rsync-version ', 'module-root /Users/a b/\u2028ü'],
      ...['previous ', 'latest ', 'found nothing', 'has-partial yes', 'system Linux', 'file-system '],
    ];
    expect(parseBeginReply(`@@begin\n${values.join('\n')}\n@@end\n`)).toEqual({
      freeKib: 0,
      uid: 501,
      rsync: undefined,
      rsyncVersionText: undefined,
      moduleRoot: '/Users/a b/\u2028ü',
      previous: null,
      latestSnapshot: null,
      found: 'nothing',
      hasPartial: true,
      system: 'Linux',
      fileSystem: null,
    });
  });

  it('reads a previous run that never finished, or whose name is not known', () => {
    const text = BEGIN.replace('run-6 6 succeeded', 'unknown 6 unfinished');
    expect(parseBeginReply(text).previous).toEqual({ runId: 'unknown', fence: 6, outcome: 'unfinished' });
  });

  it.each([
    '@@finish\n@@end\n',
    BEGIN.replace('uid 0\n', ''),
    BEGIN.replace('1024', '-1'),
    BEGIN.replace('1024', ''),
    BEGIN.replace('found copy', 'found something'),
    BEGIN.replace('has-partial no\n', ''),
    BEGIN.replace('previous run-6 6 succeeded\n', ''),
    BEGIN.replace('run-6 6', 'run-6 six'),
    BEGIN.replace('6 succeeded', '6 won'),
    BEGIN.replace('6 succeeded', '6'),
  ])('refuses a reply with something missing or odd', (text) =>
    expect(() => parseBeginReply(text)).toThrow(GateReplyError),
  );
});

describe('parseHostReply', () => {
  it('reads what the gate tells of its machine', () => {
    const version = 'rsync rsync  version 3.5.0\nrsync-version rsync  version 3.5.0 | more';
    const text = `@@host\ngate 1\nsystem Darwin 25.0.0 arm64\nuid 0\n${version}\n@@end\n`;
    expect(parseHostReply(text)).toEqual({
      gateVersion: '1',
      system: 'Darwin 25.0.0 arm64',
      uid: 0,
      rsync: 'rsync  version 3.5.0',
      rsyncVersionText: 'rsync  version 3.5.0\nmore',
    });
  });
});

describe('parseUnchangedReply', () => {
  const reply = (answer: string) => `@@unchanged\nanswer ${answer}\nreason no marker is left\n@@end\n`;

  it.each(['yes', 'no', 'unknown'] as const)('reads the answer "%s" and its reason', (answer) => {
    expect(parseUnchangedReply(reply(answer))).toEqual({ answer, reason: 'no marker is left' });
  });

  it('takes nothing else for an answer', () => {
    for (const answer of ['', 'YES', 'yes ', 'y']) {
      expect(() => parseUnchangedReply(reply(answer))).toThrow(GateReplyError);
    }
  });
});

describe('parseAlteredReply', () => {
  it('gives the bytes of each name, seen from the folder', () => {
    const reply = Buffer.from(
      'Welcome!\n@@altered\n.\0./a/b\0./new\nline\0./.hidden\0./\xff\0complete',
      'latin1',
    );
    expect(parseAlteredReply(reply)).toEqual(['', 'a/b', 'new\nline', '.hidden', '\xff']);
    expect(parseAlteredReply(Buffer.from('@@altered\ncomplete'))).toEqual([]);
  });

  it('gives nothing when they are not all there', () => {
    for (const cut of ['', './a\0', './a\0./complete', './a\0comp']) {
      expect(parseAlteredReply(Buffer.from(`@@altered\n${cut}`))).toBeNull();
    }
  });

  it('refuses what is no such reply', () => {
    expect(() => parseAlteredReply(Buffer.from('fc-gate: denied\n'))).toThrow(GateReplyError);
  });
});

describe('parseCloneReply and parsePublishReply', () => {
  it('read how a clone was made, and what was published', () => {
    expect(parseCloneReply('@@clone\nmethod hard-links\n@@end\n')).toEqual({ method: 'hard-links' });
    expect(parseCloneReply('@@clone\nmethod clones\n@@end\n')).toEqual({ method: 'clones' });
    expect(parsePublishReply('@@publish\nsnapshot s-1\n@@end\n')).toEqual({ snapshot: 's-1' });
  });

  it('refuse what is missing or not known', () => {
    expect(() => parseCloneReply('@@clone\nmethod copies\n@@end\n')).toThrow(GateReplyError);
    expect(() => parsePublishReply('@@clone\nmethod clones\n@@end\n')).toThrow(GateReplyError);
  });
});
