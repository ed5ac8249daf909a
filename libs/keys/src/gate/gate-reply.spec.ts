import { GateReplyError, parseBeginReply, parseGateReply, parseHostReply } from './gate-reply';
import { codeOf } from '../testkit/code-of';

const BEGIN = '@@begin\nfree-kib 1024\nuid 0\nrsync rsync  version 3.5.0\nmodule-root \n@@end\n';

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
  it('reads numbers, the version and an empty module root', () => {
    expect(parseBeginReply(BEGIN)).toEqual({
      freeKib: 1024,
      uid: 0,
      rsync: 'rsync  version 3.5.0',
      moduleRoot: '',
    });
  });

  it('reads a module root with blanks and line separators, and a remote without rsync', () => {
    const text = '@@begin\nfree-kib 0\nuid 501\nrsync \nmodule-root /Users/a b/\u2028ü\n@@end\n';
    expect(parseBeginReply(text)).toEqual({
      freeKib: 0,
      uid: 501,
      rsync: undefined,
      moduleRoot: '/Users/a b/\u2028ü',
    });
  });

  it.each([
    '@@finish\n@@end\n',
    BEGIN.replace('uid 0\n', ''),
    BEGIN.replace('1024', '-1'),
    BEGIN.replace('1024', ''),
  ])('refuses a reply with something missing or odd', (text) =>
    expect(() => parseBeginReply(text)).toThrow(GateReplyError),
  );
});

describe('parseHostReply', () => {
  it('reads what the gate tells of its machine', () => {
    const text = '@@host\ngate 1\nsystem Darwin 25.0.0 arm64\nuid 0\nrsync rsync  version 3.5.0\n@@end\n';
    expect(parseHostReply(text)).toEqual({
      gateVersion: '1',
      system: 'Darwin 25.0.0 arm64',
      uid: 0,
      rsync: 'rsync  version 3.5.0',
    });
  });
});
