import { createLogger } from './logger';

it('writes one JSON object a line, with secrets blanked wherever they stand', () => {
  const lines: string[] = [];
  const log = createLogger('info', { write: (line: string) => void lines.push(line) });

  log.info(
    { token: 'canary', queue: { password: 'canary' }, a: { b: { privateKey: 'canary' } }, runId: 'x' },
    'said',
  );
  log.debug('not said');

  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('canary');
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'info',
    msg: 'said',
    runId: 'x',
    token: '[redacted]',
  });
});

it('says of an error what it is, and nothing that it carries along', () => {
  const lines: string[] = [];
  const log = createLogger('info', { write: (line: string) => void lines.push(line) });
  const cause = Object.assign(new Error('WRONGPASS'), {
    command: { name: 'auth', args: ['agent', 'canary'] },
  });

  log.warn(
    { err: Object.assign(new Error('no queue', { cause }), { code: 'QUEUE.LOST', command: cause.command }) },
    'said',
  );

  expect(lines[0]).not.toContain('canary');
  expect(JSON.parse(lines[0]!)).toMatchObject({
    err: { type: 'Error', message: 'no queue (WRONGPASS)', code: 'QUEUE.LOST' },
  });
});
