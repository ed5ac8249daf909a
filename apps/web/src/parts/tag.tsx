import type { ReactNode } from 'react';
import type { Tone } from './tone';
import classes from './tag.module.css';

interface TagProps {
  readonly tone: Tone;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
}

/** A short word on how a thing stands. */
export function Tag({ tone, icon, children }: TagProps) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
