import { suggest } from './suggestions';

const options = [{ value: '/Volumes/Backup' }, { value: '/Volumes/Archive' }, { value: '/Data' }];

it.each([
  ['/Volumes/Backup', 3],
  ['', 3],
  ['/Vol', 2],
  ['/Volumes/Backup/fleet', 0],
])('for %j shows %d of three', (typed, shown) => {
  expect(suggest(options, typed)).toHaveLength(shown);
});
