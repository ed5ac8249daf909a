import type { ApiTokenView } from '@fleetclone/contracts';
import { Button, Group, Modal } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiTokensQuery, deleteApiToken } from '../api/tokens';
import { notifyFailed } from '../parts/notify';
import { Section } from '../parts/page';
import { QueryView } from '../parts/query-view';
import rows from '../parts/rows.module.css';
import { Tag } from '../parts/tag';
import { RelativeTime } from '../parts/time';
import { useNow } from '../parts/use-now';
import { EmptyState, LoadingRows } from '../parts/waiting-states';
import { NewApiToken } from './new-api-token';
import { roleWords } from './role-words';
import classes from './settings.module.css';

const soonMs = 7 * 24 * 3600 * 1000;

function Expiry({ token }: { readonly token: ApiTokenView }) {
  const now = useNow(60_000);
  const leftMs = Date.parse(token.expiresAt) - now;
  if (leftMs <= 0) return <Tag tone="bad">Expired</Tag>;
  const words = (
    <>
      expires <RelativeTime at={token.expiresAt} />
    </>
  );
  return leftMs < soonMs ? <Tag tone="warn">{words}</Tag> : <span className={rows.sub}>{words}</span>;
}

function RevokeToken({ token }: { readonly token: ApiTokenView }) {
  const client = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => deleteApiToken(token.id),
    onError: (error) => notifyFailed(error),
    onSettled: () => {
      setIsAsking(false);
      return client.invalidateQueries({ queryKey: apiTokensQuery.queryKey });
    },
  });
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => setIsAsking(true)}
        aria-label={`Revoke ${token.name}`}
      >
        Revoke
      </Button>
      <Modal opened={isAsking} onClose={() => setIsAsking(false)} title={`Revoke “${token.name}”?`} centered>
        <p>Whatever uses this token is refused from now on. That cannot be undone.</p>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setIsAsking(false)} data-autofocus>
            Keep it
          </Button>
          <Button color="red.8" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            Revoke
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function TokenRow({ token }: { readonly token: ApiTokenView }) {
  return (
    <li className={`${rows.row} ${classes.token}`}>
      <div className={rows.main}>
        <strong>{token.name}</strong>
        <div className={rows.sub}>
          {roleWords[token.role].label} · made <RelativeTime at={token.createdAt} /> ·{' '}
          {token.lastUsedAt ? (
            <>
              last used <RelativeTime at={token.lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
        </div>
      </div>
      <Expiry token={token} />
      <RevokeToken token={token} />
    </li>
  );
}

/** The tokens with which scripts use the API. */
export function ApiTokens() {
  const tokens = useQuery(apiTokensQuery);
  const [isMaking, setIsMaking] = useState(false);
  return (
    <Section
      flush
      title="API tokens"
      aside={
        <Button size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => setIsMaking(true)}>
          New token
        </Button>
      }
    >
      <QueryView query={tokens} loading={<LoadingRows rows={2} />}>
        {(data) =>
          data.length === 0 ? (
            <EmptyState icon={<IconKey size={24} />} title="No tokens">
              A token lets a script or CI start backups and follow them, with a role and an end date of its
              own.
            </EmptyState>
          ) : (
            <ul className={rows.list}>
              {data.map((token) => (
                <TokenRow key={token.id} token={token} />
              ))}
            </ul>
          )
        }
      </QueryView>
      <NewApiToken isOpen={isMaking} onClose={() => setIsMaking(false)} />
    </Section>
  );
}
