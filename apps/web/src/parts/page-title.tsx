import { useEffect, useSyncExternalStore } from 'react';
import { createStore } from '../api/store';

/** What stands before every page's title: how many Macs need someone. */
export const titlePrefix = createStore('');

/** The title of the window or tab. */
export function PageTitle({ children }: { readonly children: string }) {
  const prefix = useSyncExternalStore(titlePrefix.subscribe, titlePrefix.get);
  useEffect(() => {
    document.title = `${prefix}${children} · Fleetclone`;
  }, [prefix, children]);
  return null;
}
