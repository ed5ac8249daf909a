import { permissionsOf } from './session-context';

it('lets viewers look, operators run and admins change the fleet', () => {
  expect(permissionsOf('viewer')).toEqual({ canRun: false, canChange: false });
  expect(permissionsOf('operator')).toEqual({ canRun: true, canChange: false });
  expect(permissionsOf('admin')).toEqual({ canRun: true, canChange: true });
});
