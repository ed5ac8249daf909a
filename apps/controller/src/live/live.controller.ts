import { type LiveMessage, LiveQuery } from '@fleetclone/contracts';
import { Controller, type MessageEvent, Query, Sse } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { bufferTime, concatMap, filter, from, interval, map, merge, type Observable, of } from 'rxjs';
import { type Announcement, Announcements } from '../platform/live/announcements';
import { ViewRuns } from '../runs';

/** Changes are gathered for this long, so that a busy fleet makes few messages. */
const gatherMs = 700;
const pingMs = 15_000;
const maxLogBatch = 500;

/** Server-sent events to the console: what has changed, as it is now. */
@ApiTags('live')
@Controller('api/v1/live')
export class LiveController {
  constructor(
    private readonly announcements: Announcements,
    private readonly viewRuns: ViewRuns,
  ) {}

  @Sse()
  stream(@Query({ schema: LiveQuery }) query: LiveQuery): Observable<MessageEvent> {
    const log = query.runId === undefined ? null : new LogCursor(query.runId, this.viewRuns);
    const changes = this.announcements.all.pipe(
      bufferTime(gatherMs),
      filter((batch) => batch.length > 0),
      concatMap((batch) => from(this.messages(batch, log))),
      concatMap((messages) => from(messages)),
      map((message): MessageEvent => ({ data: message })),
    );
    // The first event lets the client know that the stream is open; later ones keep proxies from closing it.
    const pings = merge(of(0), interval(pingMs)).pipe(map((): MessageEvent => ({ type: 'ping', data: '' })));
    return merge(changes, pings);
  }

  private async messages(batch: readonly Announcement[], log: LogCursor | null): Promise<LiveMessage[]> {
    const runIds = [
      ...new Set(batch.flatMap((announcement) => (announcement.kind === 'run' ? [announcement.runId] : []))),
    ];
    const runs = await this.viewRuns.byIds(runIds);
    const messages: LiveMessage[] = runs.map((run) => ({ type: 'run', run }));
    if (log !== null && runIds.includes(log.runId)) {
      const events = await log.next();
      if (events.length > 0) messages.push({ type: 'log', runId: log.runId, events });
    }
    if (batch.some((announcement) => announcement.kind === 'fleet')) messages.push({ type: 'fleet' });
    return messages;
  }
}

/** Where one listener stands in one run's events. */
class LogCursor {
  private after: bigint | null = null;

  constructor(
    readonly runId: string,
    private readonly viewRuns: ViewRuns,
  ) {}

  /** New events since the last call; the first call gives the newest ones. */
  async next() {
    const events =
      this.after === null
        ? await this.viewRuns.events(this.runId, { limit: maxLogBatch })
        : await this.viewRuns.eventsAfter(this.runId, this.after, maxLogBatch);
    const last = events.at(-1);
    if (last !== undefined) this.after = BigInt(last.id);
    return events;
  }
}
