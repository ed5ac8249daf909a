import { parse } from 'yaml';
import { z } from 'zod';

const Healthcheck = z.strictObject({
  test: z.array(z.string()).min(2),
  interval: z.string(),
  timeout: z.string(),
  start_period: z.string().optional(),
  retries: z.int().positive(),
});

const Service = z.strictObject({
  build: z.string().optional(),
  image: z.string().optional(),
  restart: z.literal('unless-stopped'),
  user: z.string().optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  environment: z.record(z.string(), z.string()),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string().regex(/^[a-z]+:\/[a-z/]+$/)),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  healthcheck: Healthcheck,
});
export type Service = z.infer<typeof Service>;

/** What docker-compose.yml may hold: the keys of the Compose specification that are used here, so a misspelt one is noticed. */
const ComposeFile = z.strictObject({
  name: z.string(),
  services: z.strictObject({ controller: Service, postgres: Service, redis: Service }),
  volumes: z.record(z.string(), z.null()),
});
export type ComposeFile = z.infer<typeof ComposeFile>;

/** Reads docker-compose.yml; throws for anything that is not YAML or not of that form. */
export function parseComposeFile(text: string): ComposeFile {
  return ComposeFile.parse(parse(text));
}

const reference = /\$(?:\$|\{([A-Z_]+)(?:(:[-?])([^}]*))?\})/g;

/** Replaces `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$` as Compose does; throws when a required one is unset. */
export function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(reference, (whole: string, name?: string, operator?: string, word?: string) => {
    if (whole === '$$' || name === undefined) return '$';
    const value = env[name] ?? '';
    if (value === '' && operator === ':?') throw new Error(`${name} is missing: ${word ?? ''}`);
    return value === '' ? (word ?? '') : value;
  });
}
