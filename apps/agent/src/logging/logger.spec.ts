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
