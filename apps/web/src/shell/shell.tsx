import { IconHistory, IconServer2, IconSettings } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { Link, NavLink, Outlet, ScrollRestoration, useLocation } from 'react-router';
import type { FleetHealth } from '../fleet/fleet-health';
import { formatPlural } from '../format/quantities';
import { Brand } from './brand';
import { ConnectionBanner } from './connection-banner';
import { PersonMenu } from './person-menu';
import classes from './shell.module.css';
import { useFleetHealth, useTabStatus } from './use-fleet-status';

const places = [
  { to: '/', label: 'Fleet', Icon: IconServer2 },
  { to: '/runs', label: 'Runs', Icon: IconHistory },
  { to: '/settings', label: 'Settings', Icon: IconSettings },
] as const;

/** Macs and plans belong to the fleet, also in the navigation. */
function isCurrent(to: string, pathname: string): boolean {
  if (to !== '/') return pathname.startsWith(to);
  return pathname === '/' || pathname.startsWith('/macs') || pathname.startsWith('/plans');
}

function Badge({ to, health }: { readonly to: string; readonly health: FleetHealth | null }) {
  if (to === '/' && health && health.needsAttention > 0) {
    return (
      <span className={classes.badge} data-tone="bad">
        {health.needsAttention}
        <span className={classes.hidden}> need attention</span>
      </span>
    );
  }
  if (to === '/runs' && health && health.running > 0) {
    return (
      <span className={classes.badge} data-tone="busy">
        {health.running}
        <span className={classes.hidden}>{` ${formatPlural(health.running, 'run')} under way`}</span>
      </span>
    );
  }
  return null;
}

function Places({ health }: { readonly health: FleetHealth | null }) {
  const { pathname } = useLocation();
  return places.map(({ to, label, Icon }) => {
    const current = isCurrent(to, pathname);
    return (
      <NavLink
        key={to}
        to={to}
        className={classes.place ?? ''}
        data-current={current || undefined}
        aria-current={current ? 'page' : undefined}
      >
        <Icon size={18} stroke={1.7} aria-hidden />
        <span>{label}</span>
        <Badge to={to} health={health} />
      </NavLink>
    );
  });
}

function useFocusAtNavigation() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    // Without this, keyboard and screen reader stay on a link that is gone.
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

/** The frame of every page for whoever is signed in. */
export function Shell() {
  const health = useFleetHealth();
  useTabStatus(health);
  const main = useFocusAtNavigation();
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <header className={classes.rail}>
        <Link to="/" className={classes.home} aria-label="Fleetclone, to the fleet">
          <Brand />
        </Link>
        <nav className={classes.places} aria-label="Main">
          <Places health={health} />
        </nav>
        <div className={classes.railPerson}>
          <PersonMenu />
        </div>
        <div className={classes.barPerson}>
          <PersonMenu compact />
        </div>
      </header>
      <div className={classes.content}>
        <ConnectionBanner />
        <main id="main" tabIndex={-1} ref={main} className={classes.main}>
          <Outlet />
        </main>
      </div>
      <ScrollRestoration />
    </div>
  );
}
