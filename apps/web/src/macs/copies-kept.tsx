import type { MacView } from '@fleetclone/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { plansKeptQuery } from '../api/plans';
import { CopyIcon } from '../parts/copy';
import { Section } from '../parts/page';
import { QueryView } from '../parts/query-view';
import rows from '../parts/rows.module.css';
import { RelativeTime } from '../parts/time';
import { LoadingRows } from '../parts/waiting-states';
import classes from '../plans/mac-plans.module.css';

/** The copies of other Macs that this one keeps, and where on its disks they are. */
export function CopiesKept({ mac }: { readonly mac: MacView }) {
  const plans = useQuery(plansKeptQuery(mac.id));
  return (
    <Section flush title="Copies kept here">
      <QueryView query={plans} loading={<LoadingRows rows={2} />}>
        {(kept) => {
          if (kept.length === 0) return <p className={classes.none}>No plan leads here yet.</p>;
          return (
            <>
              <div className={`${rows.head} ${classes.copy}`} aria-hidden>
                <span>From</span>
                <span>Folder</span>
                <span>Last good backup</span>
              </div>
              <ul className={rows.list}>
                {kept.map((plan) => (
                  <li key={plan.id} className={`${rows.row} ${classes.copy}`}>
                    <div className={rows.main}>
                      <Link to={`/macs/${plan.mac.id}`} className={rows.name}>
                        {plan.mac.name}
                      </Link>
                      <div className={rows.sub}>{plan.name}</div>
                    </div>
                    <div className={classes.folder}>
                      <code>{plan.destinationFolder}</code>
                      <CopyIcon text={plan.destinationFolder} label="Copy the folder’s path" />
                    </div>
                    <div className={rows.wide}>
                      <span className={rows.mobileLabel}>Last good backup: </span>
                      {plan.lastSuccessAt ? (
                        <RelativeTime at={plan.lastSuccessAt} />
                      ) : (
                        <span className={rows.sub}>none yet</span>
                      )}
                    </div>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </QueryView>
    </Section>
  );
}
