import type { Tone } from './tone';
import classes from './meter.module.css';

interface MeterProps {
  /** 0 to 1; null while the end is not known. */
  readonly share: number | null;
  readonly label: string;
  readonly tone?: Tone;
  readonly size?: 'thin' | 'thick';
}

/** How far along something is. */
export function Meter({ share, label, tone = 'busy', size = 'thin' }: MeterProps) {
  const percent = share === null ? undefined : Math.floor(share * 100);
  return (
    <div
      className={classes.meter}
      data-tone={tone}
      data-size={size}
      data-unknown={share === null || undefined}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent !== undefined && { 'aria-valuenow': percent })}
    >
      <div className={classes.fill} style={{ width: share === null ? '30%' : `${share * 100}%` }} />
    </div>
  );
}
