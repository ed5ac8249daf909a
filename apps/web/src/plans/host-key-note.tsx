import type { MacView, RemoteView } from '@fleetclone/contracts';
import { IconLock } from '@tabler/icons-react';
import { Notice } from '../parts/notice';
import { describeHostKey } from './fingerprint';
import type { NewPlanForm } from './new-plan-values';
import { findFittingRemote } from './plan-choices';
import classes from './new-plan.module.css';

interface HostKeyNoteProps {
  readonly form: NewPlanForm;
  readonly mac: MacView;
  readonly remotes: readonly RemoteView[];
}

/** Which host key is trusted, and where it is known from: never from the first answer on the network. */
export function HostKeyNote({ form, mac, remotes }: HostKeyNoteProps) {
  const { destinationRoot, reach } = form.values;
  const remote = findFittingRemote(remotes, { macId: mac.id, destinationRoot, reach });
  const reported = mac.facts.ssh?.hostKeys ?? [];
  const pinned = remote ? remote.hostKeys.map(({ publicKey }) => publicKey) : reported;
  const hasChanged = reported.length > 0 && !pinned.some((key) => reported.includes(key));
  if (hasChanged) {
    return (
      <Notice tone="bad" title={`The host key of ${mac.name} is not the pinned one`}>
        Its agent now reports another key than was pinned when it became a destination. That is so after macOS
        was installed anew, or when another machine answers. Runs will refuse to connect until that is
        settled.
      </Notice>
    );
  }
  return (
    <div className={classes.hostKey}>
      <IconLock size={16} aria-hidden />
      <div>
        <p>
          Host key pinned from the agent of <strong>{mac.name}</strong>. Whoever answers with another key is
          refused.
        </p>
        {pinned.map((key) => {
          const { kind, fingerprint } = describeHostKey(key);
          return (
            <code key={key} className={classes.fingerprint}>
              {kind} {fingerprint}
            </code>
          );
        })}
      </div>
    </div>
  );
}
