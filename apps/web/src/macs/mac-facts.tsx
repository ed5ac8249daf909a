import type { MacView } from '@fleetclone/contracts';
import type { ReactNode } from 'react';
import { CopyIcon } from '../parts/copy';
import { Facts, Section } from '../parts/page';
import { RelativeTime } from '../parts/time';
import { describeHostKey } from '../plans/fingerprint';
import classes from './mac-page.module.css';
import { describeAddress, describeProcessor, describeSystem } from './mac-words';

function Paths({ paths, none }: { readonly paths: readonly string[]; readonly none: string }) {
  if (paths.length === 0) return none;
  return (
    <span className={classes.paths}>
      {paths.map((path) => (
        <code key={path}>{path}</code>
      ))}
    </span>
  );
}

function HostKeys({ keys }: { readonly keys: readonly string[] }) {
  return keys.map((key) => {
    const { kind, fingerprint } = describeHostKey(key);
    return (
      <span key={key} className={classes.key}>
        <code>
          {kind} {fingerprint}
        </code>
        <CopyIcon text={fingerprint} label={`Copy the ${kind} fingerprint`} />
      </span>
    );
  });
}

function rowsOf(mac: MacView): (readonly [string, ReactNode])[] {
  const { facts } = mac;
  const rows: (readonly [string, ReactNode])[] = [
    ['System', `${describeSystem(facts)}, ${describeProcessor(facts)}`],
    ['Host name', facts.hostName],
    ['Agent', `version ${facts.agentVersion}`],
    ['rsync', facts.rsyncVersion === null ? 'not found: it cannot back up' : `version ${facts.rsyncVersion}`],
    ['Lets out', <Paths key="out" paths={facts.sourceRoots} none="no folder: it cannot be backed up" />],
    ['Lets in', <Paths key="in" paths={facts.destinationRoots} none="no folder: it takes no copies" />],
  ];
  if (facts.ssh) {
    const { ssh } = facts;
    const addresses = ssh.addresses.map((address) => `${ssh.user}@${describeAddress(address, ssh.port)}`);
    rows.push(['ssh', <Paths key="ssh" paths={addresses} none="no address" />]);
    rows.push(['Host key', <HostKeys key="keys" keys={ssh.hostKeys} />]);
  } else {
    rows.push(['ssh', 'not offered: other Macs cannot copy to it']);
  }
  rows.push(['Last seen', mac.lastSeenAt ? <RelativeTime key="seen" at={mac.lastSeenAt} /> : 'never']);
  rows.push(['Joined', <RelativeTime key="joined" at={mac.enrolledAt} />]);
  return rows;
}

/** What a Mac's agent says of it, in plain words. */
export function MacFactsPanel({ mac }: { readonly mac: MacView }) {
  return (
    <Section title="About this Mac" aside="As its agent reports">
      <Facts rows={rowsOf(mac)} />
    </Section>
  );
}
