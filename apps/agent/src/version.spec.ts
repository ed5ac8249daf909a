import workspace from '../../../package.json';
import { agentVersion } from './version';

it('is the version of the workspace', () => {
  expect(agentVersion).toBe(workspace.version);
});
