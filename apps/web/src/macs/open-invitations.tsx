import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { deleteEnrolmentToken, enrolmentTokensQuery } from '../api/macs';
import { formatPlural } from '../format/quantities';
import { notifyFailed } from '../parts/notify';
import { Section } from '../parts/page';
import rows from '../parts/rows.module.css';
import { RelativeTime } from '../parts/time';
import { useNow } from '../parts/use-now';
import classes from './add-mac.module.css';

/** Commands made before that still work, each of which can be withdrawn. */
export function OpenInvitations({ exceptId }: { readonly exceptId: string | null }) {
  const client = useQueryClient();
  const now = useNow(15_000);
  const { data } = useQuery(enrolmentTokensQuery);
  const withdraw = useMutation({
    mutationFn: deleteEnrolmentToken,
    onSettled: () => client.invalidateQueries({ queryKey: enrolmentTokensQuery.queryKey }),
    onError: (error) => notifyFailed(error),
  });
  const open = (data ?? []).filter(
    (token) => token.id !== exceptId && token.usesLeft > 0 && Date.parse(token.expiresAt) > now,
  );
  if (open.length === 0) return null;
  return (
    <Section flush title="Commands that still work">
      <ul className={rows.list}>
        {open.map((token) => (
          <li key={token.id} className={`${rows.row} ${classes.invitation}`}>
            <div className={rows.main}>
              <strong>{token.name}</strong>
              <div className={rows.sub}>
                {formatPlural(token.usesLeft, 'Mac')} left · made <RelativeTime at={token.createdAt} /> ·
                expires <RelativeTime at={token.expiresAt} />
              </div>
            </div>
            <Button
              size="compact-sm"
              variant="default"
              loading={withdraw.isPending && withdraw.variables === token.id}
              onClick={() => withdraw.mutate(token.id)}
              aria-label={`Withdraw ${token.name}`}
            >
              Withdraw
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
