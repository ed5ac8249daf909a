import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { LinkSetting } from '../plan/links';
import type { LinkBytes } from './delayed-link';
import { LinkAnswer, type LinkLook, type LinkRequest } from './link-messages';

/** The links between the bench and one sshd. */
export interface Links {
  /** Where ssh has to connect to. */
  portOf(id: string): number;
  /** Bytes since the start. A plain connection counts nothing: zero both ways. */
  bytes(id: string): Promise<LinkBytes>;
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

/** The process of the links ended before its time. */
export class LinksLostError extends Error {
  override readonly name = 'LinksLostError';
}

/** Starts the process of the links (a built program) and opens each of them; `loopback` stays a plain connection. */
export async function startLinks(
  program: string,
  targetPort: number,
  settings: readonly LinkSetting[],
): Promise<Links> {
  const child = new LinkChild(fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
  const ports = new Map([['loopback', targetPort]]);
  for (const { id, roundTripMs, bytesPerSecond } of settings) {
    if (id === 'loopback') continue;
    const answer = await child.ask({ type: 'open', id, targetPort, roundTripMs, bytesPerSecond });
    if (answer.type === 'open') ports.set(id, answer.port);
  }
  const look = async (): Promise<LinkLook> => {
    const answer = await child.ask({ type: 'look' });
    if (answer.type !== 'look') throw new LinksLostError('the process of the links gave another answer');
    return answer;
  };
  return {
    portOf: (id) => {
      const port = ports.get(id);
      if (port === undefined) throw new Error(`no link is called ${id}`);
      return port;
    },
    bytes: async (id) => (await look()).bytes[id] ?? { up: 0, down: 0 },
    cpuMs: async () => (await look()).cpuMs,
    stop: () => child.stop(),
  };
}

/** One question at a time, in order. */
class LinkChild {
  private busy: Promise<unknown> = Promise.resolve();
  private readonly ended: Promise<never>;

  constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'exit').then(([code]) => {
      throw new LinksLostError(`the process of the links ended with ${String(code)}`);
    });
    this.ended.catch(() => undefined); // told to whoever asks next
  }

  ask(request: LinkRequest): Promise<LinkAnswer> {
    const answered = this.busy.then(async () => {
      const message: Promise<unknown[]> = once(this.child, 'message');
      this.child.send(request);
      const [answer] = await Promise.race([message, this.ended]);
      return LinkAnswer.parse(answer);
    });
    this.busy = answered.catch(() => undefined);
    return answered;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.disconnect();
    await exit;
  }
}
