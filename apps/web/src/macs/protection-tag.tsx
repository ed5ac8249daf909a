import type { Presence, Protection } from '@fleetclone/contracts';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconMoon,
  IconShieldX,
} from '@tabler/icons-react';
import { Tag } from '../parts/tag';
import { protectionTone, protectionWords } from './mac-words';

const icons: Record<Protection, typeof IconCircleCheck> = {
  protected: IconCircleCheck,
  'at-risk': IconShieldX,
  never: IconAlertTriangle,
  'no-plan': IconCircleDashed,
};

interface ProtectionTagProps {
  readonly protection: Protection;
  /** A Mac that takes the copies of others needs no plan of its own. */
  readonly isDestination: boolean;
}

/** How well a Mac is protected. */
export function ProtectionTag({ protection, isDestination }: ProtectionTagProps) {
  const Icon = icons[protection];
  return (
    <Tag tone={protectionTone(protection, isDestination)} icon={<Icon size={14} aria-hidden />}>
      {protectionWords[protection].label}
    </Tag>
  );
}

/** Said only of Macs that are away: being online is nothing to say. */
export function AwayTag({ presence }: { readonly presence: Presence }) {
  if (presence === 'online') return null;
  return (
    <Tag tone="quiet" icon={<IconMoon size={13} aria-hidden />}>
      Away
    </Tag>
  );
}
