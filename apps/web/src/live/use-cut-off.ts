import { useSyncExternalStore } from 'react';
import { reachability } from '../api/reachability';
import { liveStatus } from './live-connection';

/** Whether what is shown may be out of date, and how badly: no live updates, or no controller at all. */
export function useCutOff(): 'no' | 'not-live' | 'unreachable' {
  const status = useSyncExternalStore(liveStatus.subscribe, liveStatus.get);
  const { isReachable } = useSyncExternalStore(reachability.subscribe, reachability.get);
  if (!isReachable) return 'unreachable';
  return status === 'lost' ? 'not-live' : 'no';
}
