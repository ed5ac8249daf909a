import { Tooltip } from '@mantine/core';
import { formatDuration, formatExactTime, formatRelativeTime } from '../format/times';
import { useNow } from './use-now';

/** An instant as people say it, with the exact one on hover. */
export function RelativeTime({ at }: { readonly at: string }) {
  const now = useNow(5000);
  const exact = formatExactTime(at);
  return (
    <Tooltip label={exact} openDelay={250} withArrow>
      <time dateTime={at}>{formatRelativeTime(at, now)}</time>
    </Tooltip>
  );
}

/** How long something took, or has taken so far. */
export function Elapsed({ since, until }: { readonly since: string; readonly until: string | null }) {
  const now = useNow(1000);
  return <>{formatDuration((until === null ? now : Date.parse(until)) - Date.parse(since))}</>;
}
