import { EXCLUSION_GROUPS, type ExclusionGroupId } from './exclusion-groups';
import type { FilterRule } from './filter-rule';

/** What a plan says about what to leave out. */
export interface PlanSelection {
  /** Kept although an exclude or a group would leave them out; the folders above them must not be left out. */
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
  /** The groups that are on. */
  readonly exclusionGroups: readonly ExclusionGroupId[];
}

/** A plan's rules in their order: what it keeps, what it leaves out, and then the groups that it has on. */
export function planRules({ includes, excludes, exclusionGroups }: PlanSelection): readonly FilterRule[] {
  const grouped = EXCLUSION_GROUPS.filter(({ id }) => exclusionGroups.includes(id));
  return [
    ...includes.map((pattern) => ({ kind: 'include', pattern }) as const),
    ...[...excludes, ...grouped.flatMap(({ patterns }) => patterns)].map(
      (pattern) => ({ kind: 'exclude', pattern }) as const,
    ),
  ];
}
