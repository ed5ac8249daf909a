import { UnstyledButton } from '@mantine/core';
import { formatCount, formatPlural } from '../format/quantities';
import type { Tone } from '../parts/tone';
import { fleetFilters, type FleetFilter, type FleetHealth } from './fleet-health';
import classes from './fleet-summary.module.css';

/** `more` is left out where there is no room. */
const words: Record<FleetFilter, { label: string; more?: string; tone: Tone }> = {
  'at-risk': { label: 'At risk', tone: 'bad' },
  never: { label: 'Never', more: ' backed up', tone: 'bad' },
  'no-plan': { label: 'No plan', tone: 'warn' },
  protected: { label: 'Protected', tone: 'ok' },
  away: { label: 'Away', tone: 'quiet' },
};

function answer({ total, counts, onlyDestinations }: FleetHealth): string {
  const toProtect = total - onlyDestinations;
  if (toProtect === 0) return 'Nothing to protect yet';
  if (counts.protected < toProtect) {
    return `${formatCount(counts.protected)} of ${formatPlural(toProtect, 'Mac')} protected`;
  }
  return toProtect === 1 ? 'Your Mac is protected' : `All ${formatCount(toProtect)} Macs are protected`;
}

function attentionLine({ needsAttention }: FleetHealth): string {
  return needsAttention === 0 ? 'Nothing needs you' : formatPlural(needsAttention, 'needs you', 'need you');
}

function besides({ running, onlyDestinations }: FleetHealth): string {
  const parts = [];
  if (running > 0) parts.push(`${formatCount(running)} backing up now`);
  if (onlyDestinations > 0) parts.push(`${formatCount(onlyDestinations)} only for copies`);
  return parts.join(' · ');
}

function Proportions({ health: { counts, onlyDestinations } }: { readonly health: FleetHealth }) {
  const parts: readonly (readonly [string, Tone, number])[] = [
    ['protected', 'ok', counts.protected],
    ['destinations', 'quiet', onlyDestinations],
    ['no plan', 'warn', counts['no-plan'] - onlyDestinations],
    ['never or at risk', 'bad', counts.never + counts['at-risk']],
  ];
  return (
    <div className={classes.proportions} aria-hidden>
      {parts.map(
        ([key, tone, count]) => count > 0 && <span key={key} data-tone={tone} style={{ flexGrow: count }} />,
      )}
    </div>
  );
}

function toneOf(filter: FleetFilter, { counts, onlyDestinations }: FleetHealth): Tone {
  if (counts[filter] === 0) return 'quiet';
  if (filter === 'no-plan' && counts['no-plan'] === onlyDestinations) return 'quiet';
  return words[filter].tone;
}

interface FleetSummaryProps {
  readonly health: FleetHealth;
  readonly filter: FleetFilter | null;
  readonly onFilter: (filter: FleetFilter | null) => void;
}

/** Is every Mac protected, and what needs me? Each count narrows the list below to its Macs. */
export function FleetSummary({ health, filter, onFilter }: FleetSummaryProps) {
  return (
    <section className={classes.summary} aria-label="Summary">
      <div className={classes.answer} data-tone={health.needsAttention > 0 ? 'bad' : 'ok'}>
        <p className={classes.headline}>{answer(health)}</p>
        <p className={classes.line}>
          {attentionLine(health)} <span className={classes.besides}>{besides(health)}</span>
        </p>
        <Proportions health={health} />
      </div>
      <div className={classes.counts} role="group" aria-label="Show only">
        {fleetFilters.map((key) => (
          <UnstyledButton
            key={key}
            className={classes.count}
            data-tone={toneOf(key, health)}
            aria-pressed={filter === key}
            disabled={health.counts[key] === 0 && filter !== key}
            onClick={() => onFilter(filter === key ? null : key)}
          >
            <span className={classes.number}>{formatCount(health.counts[key])}</span>
            <span className={classes.label}>
              {words[key].label}
              <span className={classes.more}>{words[key].more}</span>
            </span>
          </UnstyledButton>
        ))}
      </div>
    </section>
  );
}
