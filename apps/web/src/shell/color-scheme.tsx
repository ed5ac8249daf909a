import { SegmentedControl, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './shell.module.css';

const choice = (icon: ReactNode, label: string) => (
  <span className={classes.scheme}>
    {icon}
    {label}
  </span>
);

const choices: { value: MantineColorScheme; label: ReactNode }[] = [
  { value: 'auto', label: choice(<IconDeviceDesktop size={14} aria-hidden />, 'System') },
  { value: 'light', label: choice(<IconSun size={14} aria-hidden />, 'Light') },
  { value: 'dark', label: choice(<IconMoon size={14} aria-hidden />, 'Dark') },
];

/** Light, dark, or as the system is. */
export function ColorSchemeControl({ fullWidth = false }: { readonly fullWidth?: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label="Appearance"
      size="xs"
      fullWidth={fullWidth}
      data={choices}
      value={colorScheme}
      onChange={setColorScheme}
    />
  );
}
