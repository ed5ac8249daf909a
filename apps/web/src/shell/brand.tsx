import classes from './shell.module.css';

/** The mark: one square and its copy. */
export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect x="2" y="2" width="19" height="19" rx="5" className={classes.markBack} />
      <rect x="9.5" y="9.5" width="20.5" height="20.5" rx="5.5" className={classes.markFront} />
      <path d="M14.6 20l3.5 3.5 6.4-7.2" className={classes.markTick} />
    </svg>
  );
}

/** The mark with the name. */
export function Brand() {
  return (
    <span className={classes.brand}>
      <Mark />
      Fleetclone
    </span>
  );
}
