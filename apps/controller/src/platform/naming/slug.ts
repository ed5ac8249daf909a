import { Slug } from '@fleetclone/contracts';

/** A folder name from what people call a thing: letters without their accents, everything else a hyphen. */
export function slugOf(name: string, fallback: string): Slug {
  const ascii = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '');
  return Slug.parse(ascii === '' ? fallback : ascii);
}

/** The first of `slug`, `slug-2`, `slug-3`… that is not taken. */
export function freeSlug(slug: Slug, taken: ReadonlySet<string>): Slug {
  if (!taken.has(slug)) return slug;
  for (let number = 2; ; number += 1) {
    const candidate = `${slug}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
