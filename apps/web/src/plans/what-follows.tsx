import type { MacView, TransferOptions } from '@fleetclone/contracts';
import type { ReactNode } from 'react';
import { Section } from '../parts/page';
import classes from './what-follows.module.css';

function Step({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }) {
  return (
    <li className={classes.step}>
      <p className={classes.title}>{title}</p>
      <p className={classes.text}>{children}</p>
    </li>
  );
}

const keptWords: Record<TransferOptions['mode'], string> = {
  mirror: 'What they replace or remove is kept in an archive beside the copy.',
  snapshots: 'Each leaves a snapshot of all files beside the earlier ones.',
};

interface WhatFollowsProps {
  readonly source: MacView | undefined;
  readonly destination: MacView | undefined;
  readonly mode: TransferOptions['mode'];
}

/** What becomes of a plan once it is made, so that nothing about keys has to be taken on faith. */
export function WhatFollows({ source, destination, mode }: WhatFollowsProps) {
  const from = source?.name ?? 'The Mac';
  const to = destination?.name ?? 'the other Mac';
  return (
    <Section title="What follows">
      <ol className={classes.steps}>
        <Step title={`${from} makes a key`}>Its private half never leaves {source?.name ?? 'it'}.</Step>
        <Step title={`${to} lets that key in`}>
          For this folder only, and for nothing but backups: no shell, no other files.
        </Step>
        <Step title="The first run copies everything">
          Later runs send only what changed. {keptWords[mode]}
        </Step>
      </ol>
      <p className={classes.note}>Nothing needs doing on either Mac.</p>
    </Section>
  );
}
