export { type Change, changeDemoHome, type ChangeKind } from './change-demo-home';
export { type CompareOptions, compareTrees, type TreeComparison, type TreeDifference } from './compare-trees';
export { type DemoHomeOptions, makeDemoHome } from './make-demo-home';
export type { TreeCounts } from './tree-writer';
