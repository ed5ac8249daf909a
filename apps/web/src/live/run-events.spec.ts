import type { RunEventView } from '@fleetclone/contracts';
import { mergeRunEvents, mostLinesKept } from './run-events';

const line = (id: number | string): RunEventView => ({
  id: String(id),
  at: '2025-11-23T10:00:00Z',
  kind: 'log',
  level: 'info',
  state: null,
  message: String(id),
});
const ids = (events: readonly RunEventView[]): string[] => events.map((event) => event.id);

it('keeps each line once and in order, whichever way it came', () => {
  expect(ids(mergeRunEvents([line(9), line(10)], [line(11), line(10)]))).toEqual(['9', '10', '11']);
  expect(ids(mergeRunEvents([line(11)], [line(9)]))).toEqual(['9', '11']);
});

it('orders ids beyond what a number can hold', () => {
  const merged = mergeRunEvents([line('9007199254740993')], [line('9007199254740992')]);
  expect(ids(merged)).toEqual(['9007199254740992', '9007199254740993']);
});

it('gives back the same list when there is nothing new', () => {
  const known = [line(1), line(2)];
  expect(mergeRunEvents(known, [line(2)])).toBe(known);
});

it('lets the oldest lines go', () => {
  const many = Array.from({ length: mostLinesKept + 5 }, (_, index) => line(index + 1));
  const merged = mergeRunEvents([], many);
  expect(merged).toHaveLength(mostLinesKept);
  expect(merged[0]?.id).toBe('6');
});
