import { agentAclRule, agentCommands, workerScripts } from './agent-rights';

/** Every command that a Lua script can call: quoted literally, or chosen at run time from quoted names. */
function commandsIn(lua: string): string[] {
  const withoutComments = lua.replace(/--\[\[[\s\S]*?\]\]/g, '').replace(/--.*$/gm, '');
  const called = [...withoutComments.matchAll(/(?:rcall|redis\.call)\(\s*["']([A-Za-z]+)["']/g)].map(
    (match) => match[1]!,
  );
  const chosen = [...withoutComments.matchAll(/["'](LPUSH|RPUSH)["']/g)].map((match) => match[1]!);
  return [...called, ...chosen].map((command) => command.toLowerCase());
}

describe('the rights of an agent in Redis', () => {
  const needed = new Set(workerScripts.flatMap((script) => commandsIn(script.content)));
  const ownCalls = ['bzpopmin', 'evalsha', 'hgetall', 'hget', 'exists', 'set', 'hmget'];

  it('hold every command that the scripts of a worker call', () => {
    expect([...needed].filter((command) => !(agentCommands as readonly string[]).includes(command))).toEqual(
      [],
    );
  });

  it('hold nothing that neither a script nor a worker calls', () => {
    expect(agentCommands.filter((command) => !needed.has(command) && !ownCalls.includes(command))).toEqual(
      [],
    );
  });

  it('never hold EVAL, INFO, SCRIPT, CONFIG or any whole category', () => {
    const rule = agentAclRule('5f0c', 'ab'.repeat(32));

    expect(rule).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^\+(eval|info|script|config|@.*|allcommands)$/)]),
    );
  });

  it('reach no sibling whose id begins alike', () => {
    expect(agentAclRule('1', 'ab')).toContain('~fc:agent-1:*');
  });
});
