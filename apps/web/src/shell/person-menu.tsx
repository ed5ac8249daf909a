import { Menu, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconLogout, IconSettings } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useSession } from '../session/session-context';
import { useSignOut } from '../session/use-sign-out';
import { ColorSchemeControl } from './color-scheme';
import classes from './shell.module.css';

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '');
  return letters.join('').toUpperCase();
}

/** Who is signed in, how the console looks, and the way out. */
export function PersonMenu({ compact = false }: { readonly compact?: boolean }) {
  const { user } = useSession();
  const signOut = useSignOut();
  return (
    <Menu position={compact ? 'bottom-end' : 'top-start'} width={252} shadow="md">
      <Menu.Target>
        <UnstyledButton
          className={classes.person}
          data-compact={compact || undefined}
          {...(compact && { 'aria-label': `${user.name}, menu` })}
        >
          <span className={classes.initials} aria-hidden>
            {initialsOf(user.name)}
          </span>
          {!compact && (
            <span className={classes.personWords}>
              <span className={classes.personName}>{user.name}</span>
              <span className={classes.personRole}>{user.role}</span>
            </span>
          )}
          {!compact && <IconChevronDown size={14} aria-hidden />}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user.name} · {user.email}
        </Menu.Label>
        <div className={classes.menuScheme}>
          <ColorSchemeControl fullWidth />
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} to="/settings" leftSection={<IconSettings size={16} />}>
          Settings
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
