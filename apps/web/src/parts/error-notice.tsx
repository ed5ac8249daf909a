import { describeError } from '../api/errors';
import { Notice } from './notice';

/** Why the last try of a form failed; nothing while there was no failure. */
export function ErrorNotice({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  const { title, detail } = describeError(error);
  return (
    <Notice tone="bad" title={title}>
      {detail}
    </Notice>
  );
}
