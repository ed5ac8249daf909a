const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;

const dateOnly = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const exact = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The exact time in the reader's own time zone. */
export function formatExactTime(instant: string): string {
  return exact.format(new Date(instant));
}

/** Hours, minutes and seconds in the reader's own time zone: `14:03:22`. */
export function formatClock(instant: string): string {
  return clock.format(new Date(instant));
}

function roughly(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / second)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < day) return `${Math.floor(ms / hour)} h`;
  const days = Math.floor(ms / day);
  if (days < 14) return days === 1 ? '1 day' : `${days} days`;
  return `${Math.floor(ms / week)} weeks`;
}

/** How long ago, or how far ahead, an instant is: `5 min ago`, `in 23 h`; beyond two months the date. */
export function formatRelativeTime(instant: string, nowMs: number): string {
  const ageMs = nowMs - Date.parse(instant);
  if (Math.abs(ageMs) < 10 * second) return 'just now';
  if (Math.abs(ageMs) > 60 * day) return dateOnly.format(new Date(instant));
  return ageMs > 0 ? `${roughly(ageMs)} ago` : `in ${roughly(-ageMs)}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** A length of time in its two largest units: `42 s`, `3 min 12 s`, `1 h 04 min`, `2 d 3 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / second));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  if (hours < 24) return `${hours} h ${twoDigits(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** An estimate, coarser the longer it is, because it jumps about: `a few seconds`, `40 s`, `3 min`, `2 h 10 min`. */
export function formatEstimate(seconds: number): string {
  if (seconds < 8) return 'a few seconds';
  if (seconds < 60) return `${Math.round(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60)
    return `${Math.floor(minutes / 60)} h ${twoDigits(Math.floor((minutes % 60) / 10) * 10)} min`;
  return `${Math.round(minutes / 1440)} d`;
}
