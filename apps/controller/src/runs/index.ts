export { RunsModule } from './runs.module';
export { stateFromRow } from './view-runs/run.presenter';
export { ViewRuns } from './view-runs/view-runs';
