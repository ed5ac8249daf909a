import { randomBytes } from 'node:crypto';
import { LineSplitter } from '../process/line-splitter';
import { runSshCommand } from '../ssh/ssh-command';
import type { SshConfig } from '../ssh/ssh-config';
import { isOwnAddress } from './own-address';

/** What is known of the line between two Macs. */
export interface LinkMeasurement {
  /** The least seen: waiting in queues and our own delays only ever add to it. */
  readonly roundTripMs: number;
  /** Of one connection, towards the remote; null when it is not known. From far away the most that one can carry. */
  readonly bytesPerSecond: number | null;
  /** The rate was too high to be told by what was sent: it is at least this. */
  readonly isAtLeast: boolean;
  /** Both ends are this very machine, so that there is no line at all. */
  readonly isSameMachine: boolean;
  readonly measuredAtMs: number;
}

export interface MeasureLinkOptions {
  /** The remote's name or address. */
  readonly host: string;
  /** A short command that the remote allows, such as `fc probe clock`. It is given up as soon as it has begun. */
  readonly pingCommand: string;
  /**
   * A command that says a line as soon as it runs, reads its input to the end, and says another line. Without one the
   * rate is not measured.
   */
  readonly sinkCommand?: string;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

const PINGS = 5;
// Far remotes need fewer: what disturbs a measurement is some milliseconds, however far it is.
const PING_BUDGET_MS = 250;
const PING_TIMEOUT_MS = 10_000;
// Until the remote's command runs, beside what is measured.
const START_TIMEOUT_MS = 3_000;

const STEP_BYTES = [128 * 1024, 1792 * 1024];
const RATE_BUDGET_MS = 1_500;
// Below this rate it makes no difference to anybody how much lower it is.
const LEAST_RATE_OF_INTEREST = 25_000_000;
// An own address may lead through a tunnel to anywhere: it has to be near and quick too.
const SAME_MACHINE_BELOW_MS = 1;
const SAME_MACHINE_ABOVE = 20_000_000;
// Shorter is noise of our own and ssh's.
const LEAST_TELLING_MS = 15;
// A connection gets quicker with each round trip at first. A rate from fewer than these is one that it may exceed.
// Near by, what our own programs take for some megabytes would pass for a slow line; as much as the gate reads helps.
const NEAR_MS = 5;
const LEAST_TELLING_NEAR_MS = 60;
const LARGEST_STEP_BYTES = 4_194_304;
const LEAST_ROUND_TRIPS = 8;

/**
 * Measures the line through a kept connection (see `openSshSession`), in about two seconds at most unless the line is
 * dead or the remote is slow to start a command. Null when there is no kept connection to measure, or the signal ends it.
 */
export async function measureLink(
  config: SshConfig,
  options: MeasureLinkOptions,
): Promise<LinkMeasurement | null> {
  const roundTripMs = await measureRoundTrip(config, options);
  if (roundTripMs === null) return null;
  const { sinkCommand, signal } = options;
  const isSeeminglyHere = roundTripMs < SAME_MACHINE_BELOW_MS && (await isOwnAddress(options.host));
  const isEnough = ({ bytesPerSecond }: Rate): boolean =>
    isSeeminglyHere && (bytesPerSecond ?? 0) > SAME_MACHINE_ABOVE;
  const rate = isSurelySlow(roundTripMs)
    ? { bytesPerSecond: Math.round(mostThroughOneConnection(roundTripMs)), isAtLeast: false }
    : sinkCommand === undefined
      ? UNKNOWN
      : await measureRate(config, { sinkCommand, roundTripMs, signal, isEnough });
  return { roundTripMs, ...rate, isSameMachine: isEnough(rate), measuredAtMs: options.now().getTime() };
}

/**
 * What one ssh connection carries at most, in bytes per second: OpenSSH has no more than 2 MiB of a channel under way
 * (`CHAN_SES_WINDOW_DEFAULT` in its channels.h; measured: 17 MB/s at 100 ms, however wide the line).
 */
export function mostThroughOneConnection(roundTripMs: number): number {
  return (2_097_152 * 1000) / roundTripMs;
}

const isSurelySlow = (roundTripMs: number): boolean =>
  mostThroughOneConnection(roundTripMs) < LEAST_RATE_OF_INTEREST;

async function measureRoundTrip(
  config: SshConfig,
  { pingCommand, signal }: MeasureLinkOptions,
): Promise<number | null> {
  const startedMs = performance.now();
  let least: number | null = null;
  for (let i = 0; i < PINGS && performance.now() - startedMs < PING_BUDGET_MS; i += 1) {
    const roundTripMs = await ping(config, pingCommand, signal);
    if (roundTripMs === null) return least;
    least = Math.min(least ?? Infinity, roundTripMs);
  }
  return least;
}

// What ssh says at LogLevel DEBUG2, since 2010, before it asks the master for a session and when the remote has opened it.
const ASKED = /^debug\d: mux_client_hello_exchange: /;
const OPENED = /^debug\d: mux_client_request_session: master session id: /;

/**
 * The time until the remote's sshd has opened a session, which takes it no process and exactly one round trip. The whole
 * command would take two, and the remote's shell with its start files on top: 200 ms where the line itself has one.
 */
async function ping(config: SshConfig, command: string, signal: AbortSignal): Promise<number | null> {
  const enough = new AbortController();
  const seen: { askedMs?: number; openedMs?: number } = {};
  const lines = new LineSplitter((line) => {
    const text = line.toString('latin1');
    if (ASKED.test(text)) seen.askedMs = performance.now();
    if (!OPENED.test(text)) return;
    seen.openedMs = performance.now();
    enough.abort();
  });
  await runSshCommand(config, command, {
    timeoutMs: PING_TIMEOUT_MS,
    signal: AbortSignal.any([signal, enough.signal]),
    onDebug: (chunk) => lines.write(chunk),
  });
  const { askedMs, openedMs } = seen;
  return askedMs === undefined || openedMs === undefined ? null : openedMs - askedMs;
}

type Rate = Pick<LinkMeasurement, 'bytesPerSecond' | 'isAtLeast'>;
const UNKNOWN: Rate = { bytesPerSecond: null, isAtLeast: false };

/** Sends a little, and if that is there too soon to tell, more. */
async function measureRate(
  config: SshConfig,
  {
    sinkCommand,
    roundTripMs,
    signal,
    isEnough,
  }: {
    readonly sinkCommand: string;
    readonly roundTripMs: number;
    readonly signal: AbortSignal;
    readonly isEnough: (rate: Rate) => boolean;
  },
): Promise<Rate> {
  let budgetMs = RATE_BUDGET_MS;
  let rate = UNKNOWN;
  const isNear = roundTripMs < NEAR_MS;
  const leastMs = isNear ? LEAST_TELLING_NEAR_MS : LEAST_TELLING_MS;
  for (const bytes of isNear ? [...STEP_BYTES, LARGEST_STEP_BYTES] : STEP_BYTES) {
    const sending = await sendTo(config, sinkCommand, bytes, { budgetMs, signal });
    if (sending === 'failed') return rate;
    // Not more than this can have arrived.
    if (sending === 'time up')
      return rate.bytesPerSecond === null
        ? { bytesPerSecond: perSecond(bytes, budgetMs), isAtLeast: false }
        : rate;
    const netMs = sending.tookMs - roundTripMs;
    const isTelling = netMs >= Math.max(leastMs, LEAST_ROUND_TRIPS * roundTripMs);
    rate = { bytesPerSecond: perSecond(bytes, Math.max(netMs, 1)), isAtLeast: !isTelling };
    budgetMs -= sending.tookMs;
    if (isTelling || isEnough(rate) || budgetMs <= 0) return rate;
  }
  return rate;
}

/**
 * How long it took until the remote's command had read everything, and that was known here. Its start is not counted,
 * nor does it use up the budget: a busy remote is not a slow line.
 */
async function sendTo(
  config: SshConfig,
  sinkCommand: string,
  bytes: number,
  { budgetMs, signal }: { readonly budgetMs: number; readonly signal: AbortSignal },
): Promise<{ readonly tookMs: number } | 'time up' | 'failed'> {
  const timeUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const saidMs: number[] = [];
  let start: (data: Buffer) => void = () => undefined;
  const stdin = new Promise<Buffer>((resolve) => {
    start = resolve;
  });
  // Random, or a connection that compresses would seem to be a fast one.
  const data = randomBytes(bytes);
  const lines = new LineSplitter(() => {
    saidMs.push(performance.now());
    timer ??= setTimeout(() => timeUp.abort(), budgetMs);
    start(data);
  });
  await runSshCommand(config, sinkCommand, {
    stdin,
    timeoutMs: START_TIMEOUT_MS + budgetMs,
    signal: AbortSignal.any([signal, timeUp.signal]),
    onStdout: (chunk) => lines.write(chunk),
  });
  clearTimeout(timer);
  const [startedMs, arrivedMs] = saidMs;
  if (startedMs !== undefined && arrivedMs !== undefined) return { tookMs: arrivedMs - startedMs };
  return timeUp.signal.aborted && !signal.aborted ? 'time up' : 'failed';
}

const perSecond = (bytes: number, durationMs: number): number => Math.round((bytes * 1000) / durationMs);
