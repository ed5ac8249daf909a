import { LiveMessage } from '@fleetclone/contracts';
import { apiAddress } from '../api/http';
import { createStore } from '../api/store';

/** `lost` only after a moment: a connection that comes straight back is nobody's business. */
export const liveStatus = createStore<'connecting' | 'open' | 'lost'>('connecting');

/** The one connection of this tab over which the controller says what changes. */
export interface LiveConnection {
  readonly start: () => void;
  readonly stop: () => void;
  /** Close and open again at once. */
  readonly reopen: () => void;
  /** Ask for the log lines of one run too. */
  readonly watchRun: (runId: string) => void;
}

const graceMs = 1500;
const longestPauseMs = 15_000;
/** The controller sends something every 15 s; a connection silent for longer died unnoticed, as when the computer slept. */
const longestSilenceMs = 40_000;
const silenceCheckMs = 5000;

/** Full jitter, so that a fleet of consoles does not come back in one wave. */
const pauseMs = (attempt: number): number =>
  500 + Math.random() * Math.min(longestPauseMs, 1000 * 2 ** attempt);

function parseMessage(data: unknown): LiveMessage | null {
  try {
    const parsed = LiveMessage.safeParse(JSON.parse(String(data)));
    return parsed.success ? parsed.data : null;
  } catch {
    // A message of a newer controller; what is shown is read again at the next opening anyway.
    return null;
  }
}

/** A connection that is not open yet. `onOpen` is called at every opening, since messages may have been missed before it. */
export function createLiveConnection(handlers: {
  readonly onMessage: (message: LiveMessage) => void;
  readonly onOpen: () => void;
}): LiveConnection {
  let source: EventSource | null = null;
  let watched: string | null = null;
  let isStarted = false;
  let attempt = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let grace: ReturnType<typeof setTimeout> | undefined;
  let watchdog: ReturnType<typeof setInterval> | undefined;
  let heardAt = 0;

  const heard = (): void => {
    heardAt = Date.now();
  };
  const close = (): void => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const opened = (): void => {
    attempt = 0;
    heard();
    clearTimeout(grace);
    grace = undefined;
    liveStatus.set('open');
    handlers.onOpen();
  };
  // The browser's own retry stops for good at an HTTP error, so every retry is ours.
  const failed = (): void => {
    close();
    grace ??= setTimeout(() => liveStatus.set('lost'), graceMs);
    retry = setTimeout(open, pauseMs(attempt++));
  };
  const open = (): void => {
    close();
    source = new EventSource(apiAddress('/live', { runId: watched ?? undefined }));
    source.onopen = opened;
    source.onerror = failed;
    source.addEventListener('ping', heard);
    source.onmessage = (event) => {
      heard();
      const message = parseMessage(event.data);
      if (message) handlers.onMessage(message);
    };
  };

  return {
    start: () => {
      isStarted = true;
      open();
      watchdog = setInterval(() => {
        const isOpen = source?.readyState === EventSource.OPEN;
        if (isOpen && Date.now() - heardAt > longestSilenceMs) failed();
      }, silenceCheckMs);
    },
    stop: () => {
      isStarted = false;
      clearInterval(watchdog);
      clearTimeout(grace);
      grace = undefined;
      close();
      liveStatus.set('connecting');
    },
    reopen: () => {
      attempt = 0;
      if (isStarted) open();
    },
    watchRun: (runId) => {
      if (watched === runId) return;
      watched = runId;
      if (isStarted) open();
    },
  };
}
