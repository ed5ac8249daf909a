import type { ReactNode } from 'react';
import { describeError } from '../api/errors';
import { Notice } from '../parts/notice';
import { PageTitle } from '../parts/page-title';
import { Brand } from '../shell/brand';
import classes from './gate.module.css';

/** The frame of what people see before they are signed in. */
export function GateFrame({ children }: { readonly children: ReactNode }) {
  return (
    <div className={classes.gate}>
      <header className={classes.brand}>
        <Brand />
      </header>
      <main className={classes.card}>{children}</main>
    </div>
  );
}

/** Nobody can be let in, because the controller does not answer; goes by itself once it does. */
export function GateTrouble({ error }: { readonly error: unknown }) {
  const { title, detail } = describeError(error);
  return (
    <GateFrame>
      <PageTitle>Not reachable</PageTitle>
      <Notice tone="warn" title={title}>
        {detail} This page tries again by itself every few seconds.
      </Notice>
    </GateFrame>
  );
}
