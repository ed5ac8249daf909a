import type { RunEventView } from '@fleetclone/contracts';
import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import { formatClock, formatExactTime } from '../format/times';
import { formatPlural } from '../format/quantities';
import { Section } from '../parts/page';
import classes from './run-log.module.css';

const LogLine = memo(function LogLine({ event }: { readonly event: RunEventView }) {
  return (
    <li className={classes.line} data-level={event.level} data-kind={event.kind}>
      <time dateTime={event.at} title={formatExactTime(event.at)}>
        {formatClock(event.at)}
      </time>
      <span>
        {event.level !== 'info' && <b>{event.level === 'warn' ? 'Warning: ' : 'Error: '}</b>}
        {event.message}
      </span>
    </li>
  );
});

// Rounding and zoom leave a few pixels at the very end.
const nearEndPx = 24;

function useTail(lastId: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isFollowing, setIsFollowing] = useState(true);
  const toEnd = (): void => scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  useLayoutEffect(() => {
    if (isFollowing) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [lastId, isFollowing]);
  const onScroll = (): void => {
    const box = scroller.current;
    if (box) setIsFollowing(box.scrollHeight - box.scrollTop - box.clientHeight < nearEndPx);
  };
  return { scroller, isFollowing, onScroll, toEnd };
}

interface RunLogProps {
  readonly events: readonly RunEventView[];
  readonly isLive: boolean;
}

/** A run's history, line by line; keeps to the newest line until one scrolls up. */
export function RunLog({ events, isLive }: RunLogProps) {
  const { scroller, isFollowing, onScroll, toEnd } = useTail(events.at(-1)?.id);
  return (
    <Section
      flush
      title="Log"
      aside={isLive ? 'New lines appear by themselves' : formatPlural(events.length, 'line')}
    >
      <div className={classes.frame}>
        <div
          ref={scroller}
          className={classes.scroller}
          onScroll={onScroll}
          role="log"
          aria-live="off"
          aria-label="Log of the run"
          tabIndex={0}
        >
          {events.length === 0 && <p className={classes.none}>Nothing logged yet.</p>}
          <ol className={classes.lines}>
            {events.map((event) => (
              <LogLine key={event.id} event={event} />
            ))}
          </ol>
        </div>
        {!isFollowing && (
          <Button
            className={classes.jump ?? ''}
            size="compact-sm"
            leftSection={<IconArrowDown size={14} />}
            onClick={toEnd}
          >
            To the newest line
          </Button>
        )}
      </div>
    </Section>
  );
}
