import { createLogger } from './logger';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger('info', { write: (line: string) => void lines.push(line) }));
  return lines.join('');
}

describe('the log', () => {
  it('blanks fields that hold secrets, also further down', () => {
    const text = logged((logger) =>
      logger.info(
        { token: 'canary', user: { password: 'canary' }, a: { b: { agentToken: 'canary' } }, macId: 'm' },
        'message',
      ),
    );

    expect(text).not.toContain('canary');
    expect(JSON.parse(text)).toMatchObject({ level: 'info', msg: 'message', macId: 'm' });
  });

  it('writes of an error only what it says, not what it carries', () => {
    const cause = Object.assign(new Error('inner'), { query: 'canary' });
    const error = Object.assign(new Error('WRONGPASS', { cause }), {
      command: { name: 'auth', args: ['user', 'canary'] },
    });

    const text = logged((logger) => logger.warn({ err: error }, 'Redis connection'));

    expect(text).not.toContain('canary');
    expect(JSON.parse(text)).toMatchObject({ err: { message: 'WRONGPASS', cause: { message: 'inner' } } });
  });

  it('writes no headers of requests', () => {
    expect(
      logged((logger) => logger.info({ req: { headers: { cookie: 'canary' } } }, 'request')),
    ).not.toContain('canary');
  });
});
