import { AbsolutePath, DestinationFolder, type PlanView, type TransferOptions } from '@fleetclone/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createPlan, createRemote, remotesQuery } from '../api/plans';
import { refreshFleet } from '../live/apply-live-message';
import { findFittingRemote, parsePatterns, suggestName } from './plan-choices';
import type { NewPlanValues } from './new-plan-values';

interface Wanted extends Omit<NewPlanValues, 'options'> {
  readonly macId: string;
  readonly destinationMacId: string;
  readonly options: TransferOptions;
}

/** Makes a plan, and before it the remote that it needs when none fits. */
export function useCreatePlan(onCreated: (plan: PlanView, startsAtOnce: boolean) => void) {
  const client = useQueryClient();

  const findOrCreateRemote = async (wanted: Wanted) => {
    const macId = wanted.destinationMacId;
    const destinationRoot = DestinationFolder.parse(wanted.destinationRoot);
    // Read anew: an earlier attempt may have made it and failed only afterwards.
    const remotes = await client.query({ ...remotesQuery, staleTime: 0 });
    const fitting = findFittingRemote(remotes, { macId, destinationRoot, reach: wanted.reach });
    return fitting ?? (await createRemote({ macId, roots: [destinationRoot], ...wanted.reach }));
  };

  return useMutation({
    mutationFn: async (wanted: Wanted) => {
      const remote = await findOrCreateRemote(wanted);
      const sourcePaths = wanted.sourcePaths.map((path) => AbsolutePath.parse(path));
      return createPlan({
        name: wanted.name.trim() || suggestName(sourcePaths),
        macId: wanted.macId,
        remoteId: remote.id,
        destinationRoot: DestinationFolder.parse(wanted.destinationRoot),
        sourcePaths,
        excludes: parsePatterns(wanted.excludes).patterns,
        options: wanted.options,
      });
    },
    onSuccess: (plan, wanted) => onCreated(plan, wanted.startsAtOnce),
    onSettled: () => refreshFleet(client),
  });
}
