import { Notifications } from '@mantine/notifications';
import { createBrowserRouter, Outlet } from 'react-router';
import { FleetPage } from './fleet/fleet-page';
import { AddMacPage } from './macs/add-mac-page';
import { MacPage } from './macs/mac-page';
import { NewPlanPage } from './plans/new-plan-page';
import { RunPage } from './runs/run-page';
import { RunsPage } from './runs/runs-page';
import { RequireSession } from './session/require-session';
import { SetUpPage } from './session/set-up-page';
import { SignInPage } from './session/sign-in-page';
import { SettingsPage } from './settings/settings-page';
import { CrashPage, NotFoundPage } from './shell/lost-pages';
import { Shell } from './shell/shell';

/** Notifications hold links, which only work below the router. */
function Root() {
  return (
    <>
      <Notifications position="bottom-right" limit={4} />
      <Outlet />
    </>
  );
}

/** The console's addresses. */
export function createConsoleRouter() {
  return createBrowserRouter([
    {
      Component: Root,
      ErrorBoundary: CrashPage,
      children: [
        { path: '/setup', Component: SetUpPage },
        { path: '/sign-in', Component: SignInPage },
        {
          Component: RequireSession,
          children: [
            {
              Component: Shell,
              children: [
                { index: true, Component: FleetPage },
                { path: 'macs/add', Component: AddMacPage },
                { path: 'macs/:macId', Component: MacPage },
                { path: 'plans/new', Component: NewPlanPage },
                { path: 'runs', Component: RunsPage },
                { path: 'runs/:runId', Component: RunPage },
                { path: 'settings', Component: SettingsPage },
                { path: '*', Component: NotFoundPage },
              ],
            },
          ],
        },
      ],
    },
  ]);
}
