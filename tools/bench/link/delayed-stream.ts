import type { Socket } from 'node:net';
import type { LinkClock } from './link-clock';

/** What waits before the line is held to this; then the sender is made to wait, as a full queue of a router would make it. */
const LONGEST_BACKLOG_MS = 50;
/** What is on its way to a receiver that does not take it. More than any link of the bench can hold. */
const MOST_HELD_BYTES = 32 * 1024 * 1024;
// Timers of Node go off up to a millisecond late and know whole ones only. So they are set a little early, and what is
// nearly due then goes with the rest: on the whole a round trip is right to about half a millisecond.
const EARLY_MS = 0.9;

interface Held {
  readonly chunk: Buffer | 'end' | 'reset';
  readonly dueMs: number;
}

/** One direction of one connection through a link: what comes in goes out later, in order, at the link's rate. */
export class DelayedStream {
  private readonly held: Held[] = [];
  private heldBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private isReceiverFull = false;
  private isResting = false;
  private restTimer: NodeJS.Timeout | undefined;
  private target: Socket | undefined;

  /** Nothing arrives before `openAtMs`: until then the connection is still being made. */
  constructor(
    private readonly source: Socket,
    private readonly clock: LinkClock,
    private readonly openAtMs: number,
    private readonly count: (bytes: number) => void,
  ) {
    source.on('data', (chunk: Buffer) => this.take(chunk));
    source.once('end', () => this.hold('end', this.clock.send(0, performance.now())));
  }

  /** Where it goes; until this is known everything is held. */
  deliverTo(target: Socket): void {
    this.target = target;
    target.on('drain', () => {
      this.isReceiverFull = false;
      this.deliver();
    });
    this.deliver();
  }

  /** The sender is gone without a good end: the receiver hears of it when everything before has arrived. */
  reset(): void {
    this.hold('reset', this.clock.send(0, performance.now()));
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.restTimer);
    this.held.length = 0;
  }

  private take(chunk: Buffer): void {
    this.count(chunk.length);
    const size = this.clock.pieceBytes;
    for (let offset = 0; offset < chunk.length; offset += size) {
      const piece = chunk.subarray(offset, Math.min(chunk.length, offset + size));
      this.heldBytes += piece.length;
      this.hold(piece, this.clock.send(piece.length, performance.now()));
    }
    this.restWhileFull();
  }

  private hold(chunk: Held['chunk'], dueMs: number): void {
    this.held.push({ chunk, dueMs: Math.max(dueMs, this.openAtMs) });
    if (this.held.length === 1) this.deliver();
  }

  private deliver(): void {
    clearTimeout(this.timer);
    const { target } = this;
    if (target === undefined || this.isReceiverFull) return;
    const now = performance.now();
    for (let next = this.held[0]; next !== undefined; next = this.held[0]) {
      if (next.dueMs > now + EARLY_MS) {
        this.timer = setTimeout(() => this.deliver(), Math.max(1, Math.ceil(next.dueMs - now) - 1));
        break;
      }
      this.held.shift();
      if (next.chunk === 'end') target.end();
      else if (next.chunk === 'reset') target.resetAndDestroy();
      else if (!this.write(target, next.chunk)) break;
    }
    this.restWhileFull();
  }

  private write(target: Socket, chunk: Buffer): boolean {
    this.heldBytes -= chunk.length;
    this.isReceiverFull = !target.write(chunk);
    return !this.isReceiverFull;
  }

  /** Stops reading while too much waits before the line or at its end. */
  private restWhileFull(): void {
    const backlogMs = this.clock.backlogMs(performance.now());
    const isFull = this.heldBytes > MOST_HELD_BYTES || backlogMs > LONGEST_BACKLOG_MS;
    if (isFull) this.source.pause();
    else if (this.isResting) this.source.resume();
    this.isResting = isFull;
    // What waits before a shared line gets less without any doing of this connection, so it looks again by itself.
    clearTimeout(this.restTimer);
    if (isFull) this.restTimer = setTimeout(() => this.restWhileFull(), Math.max(1, backlogMs / 2));
  }
}
