import type { MacView } from '@fleetclone/contracts';
import { useForm, type UseFormReturnType } from '@mantine/form';
import { optionChecks, type OptionValues, usualOptionValues } from './option-values';
import { checkDestination, checkSources, parsePatterns, type Reach } from './plan-choices';

/** What the form for a new plan holds. */
export interface NewPlanValues {
  readonly macId: string | null;
  readonly sourcePaths: string[];
  readonly excludes: string;
  readonly options: OptionValues;
  readonly destinationMacId: string | null;
  readonly destinationRoot: string;
  /** Null: as the destination's agent reports, or as a remote that is there already has it. */
  readonly reach: Reach | null;
  readonly name: string;
  readonly startsAtOnce: boolean;
}
export type NewPlanForm = UseFormReturnType<NewPlanValues>;

/** The folders to begin with: all that the Mac lets out, unless that is the whole disk. */
export function initialSources(mac: MacView | undefined): string[] {
  return (mac?.facts.sourceRoots ?? []).filter((root) => root !== '/');
}

const isHost = /^[A-Za-z0-9:][A-Za-z0-9.:%-]*$/;

function checkReach(reach: Reach | null): string | null {
  if (reach === null) return null;
  if (!isHost.test(reach.host)) return 'Write a host name or an IP address';
  if (!Number.isInteger(reach.port) || reach.port < 1 || reach.port > 65_535)
    return 'A port is a number from 1 to 65,535';
  return reach.user === '' ? 'Write the account to sign in with' : null;
}

/** The checks of the options, each with all options at hand. */
const optionValidation = {
  bandwidth: optionChecks.bandwidth,
  skipCompress: (value: unknown, { options }: NewPlanValues) => optionChecks.skipCompress(value, options),
  includes: optionChecks.includes,
  fullScanEveryDays: (value: unknown, { options }: NewPlanValues) =>
    optionChecks.fullScanEveryDays(value, options),
  maxDeletes: (value: unknown, { options }: NewPlanValues) => optionChecks.maxDeletes(value, options),
};

/** The form for a new plan; what it allows follows from what the two Macs' agents allow. */
export function useNewPlanForm(macs: readonly MacView[], macId: string | null): NewPlanForm {
  const find = (id: string | null): MacView | undefined => macs.find((mac) => mac.id === id);
  return useForm<NewPlanValues>({
    initialValues: {
      macId: find(macId) ? macId : null,
      sourcePaths: initialSources(find(macId)),
      excludes: '',
      options: usualOptionValues,
      destinationMacId: null,
      destinationRoot: '',
      reach: null,
      name: '',
      startsAtOnce: true,
    },
    validate: {
      macId: (value) => (value === null ? 'Choose the Mac to back up' : null),
      sourcePaths: (value, values) => {
        const mac = find(values.macId);
        return mac ? checkSources(value, mac) : null;
      },
      excludes: (value) => parsePatterns(value).error,
      destinationMacId: (value) => (value === null ? 'Choose where the copy goes' : null),
      destinationRoot: (value, values) => {
        const mac = find(values.destinationMacId);
        return mac ? checkDestination(value, mac) : null;
      },
      reach: checkReach,
      options: optionValidation,
      name: (value) => (value.trim().length > 120 ? 'At most 120 characters' : null),
    },
  });
}
