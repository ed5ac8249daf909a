import { z } from 'zod';
import { newUuid } from './uuid';

it('makes UUIDs that are valid and never the same', () => {
  const made = Array.from({ length: 200 }, () => newUuid());
  expect(new Set(made).size).toBe(200);
  for (const uuid of made) expect(z.uuidv4().safeParse(uuid).success).toBe(true);
});
