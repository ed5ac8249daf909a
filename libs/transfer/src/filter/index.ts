export { EXCLUSION_GROUPS, type ExclusionGroup, type ExclusionGroupId } from './exclusion-groups';
export { foldersAbove, renderFilterFile, writeFilterFile } from './filter-file';
export {
  FilterPatternError,
  type FilterRule,
  PARTIAL_FOLDER,
  patternBelow,
  patternOfPath,
} from './filter-rule';
export { createPathMatcher, type PathMatcher } from './path-matcher';
export { planRules, type PlanSelection } from './plan-rules';
export { rulesInside } from './rules-inside';
