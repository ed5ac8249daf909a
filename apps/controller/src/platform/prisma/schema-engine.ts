import type { EventEmitter } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool, type PoolConfig } from 'pg';

// Node has WebAssembly; its declarations come with the DOM's, which a server must not see.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, (() => void) | undefined> } }>;
};

// Prisma publishes its schema engine as WebAssembly for its own command line; this is the part that we use of it.
interface Migration {
  readonly path: string;
  readonly migrationFile: {
    readonly path: 'migration.sql';
    readonly content: { readonly tag: 'ok'; readonly value: string };
  };
}
interface SchemaFile {
  readonly path: string;
  readonly content: string;
}
interface DiffInput {
  readonly from: {
    readonly tag: 'schemaDatasource';
    readonly files: SchemaFile[];
    readonly configDir: string;
  };
  readonly to: { readonly tag: 'schemaDatamodel'; readonly files: SchemaFile[] };
  readonly script: boolean;
  readonly exitCode: boolean;
  readonly filters: typeof filters;
}
interface SchemaEngine {
  applyMigrations(input: {
    migrationsList: {
      baseDir: string;
      shadowDbInitScript: string;
      lockfile: SchemaFile;
      migrationDirectories: Migration[];
    };
    filters: typeof filters;
  }): Promise<{ appliedMigrationNames: string[] }>;
  diff(input: DiffInput): Promise<{ exitCode: number; stdout: string | null }>;
}
interface SchemaEngineModule {
  __wbg_set_wasm(exports: object): void;
  SchemaEngine: {
    new: (
      options: { datamodels: [string, string][] },
      log: (message: string) => void,
      adapter: unknown,
    ) => Promise<SchemaEngine>;
  };
}

const filters = { externalTables: [], externalEnums: [] };
const lockfile = { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' };

let loaded: Promise<SchemaEngineModule> | undefined;

/** The glue code keeps the instance in a module variable, so there can be one instance per process. */
function loadEngineModule(): Promise<SchemaEngineModule> {
  loaded ??= (async () => {
    const glue = createRequire(__filename).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
    const engineModule = (await import(glue)) as SchemaEngineModule;
    const { instance } = await WebAssembly.instantiate(
      await readFile(join(dirname(glue), 'schema_engine_bg.wasm')),
      {
        './schema_engine_bg.js': engineModule,
      },
    );
    engineModule.__wbg_set_wasm(instance.exports);
    instance.exports['__wbindgen_start']?.();
    return engineModule;
  })();
  return loaded;
}

// Object identifiers of PostgreSQL's one-byte internal type "char", which its catalogue uses, and of text.
const internalChar = 18;
const text = 25;
const charMark = '\u0000char';

interface RowDescription {
  readonly fields: { dataTypeID: number; name: string }[];
}

/**
 * The engine reads PostgreSQL's catalogue and expects its "char" columns as characters; Prisma's adapter refuses that type. So such
 * columns pass the adapter as text under a marked name, and get their type when they are through.
 */
function adaptPool(pool: Pool): PrismaPg {
  pool.on('connect', (client) => {
    const { connection } = client as unknown as { connection: EventEmitter };
    connection.prependListener('rowDescription', (message: RowDescription) => {
      for (const field of message.fields.filter(({ dataTypeID }) => dataTypeID === internalChar)) {
        field.dataTypeID = text;
        field.name += charMark;
      }
    });
  });
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const { columnNames, columnTypes, ...rest } = await queryRaw(query);
      return {
        ...rest,
        columnNames: columnNames.map((name) => name.replace(charMark, '')),
        columnTypes: columnTypes.map((type, column) =>
          columnNames[column]?.endsWith(charMark) ? ColumnTypeEnum.Character : type,
        ),
      };
    };
    return adapter;
  };
  return factory;
}

/**
 * Lends the engine on a database; `prismaFolder` holds schema.prisma and migrations/. The engine holds Prisma's advisory lock until
 * its connections end, so they end with the work.
 */
async function withEngine<Result>(
  config: PoolConfig,
  prismaFolder: string,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  const { SchemaEngine } = await loadEngineModule();
  const schema = await schemaFile(prismaFolder);
  const pool = new Pool(config);
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(adaptPool(pool));
    const engine = await SchemaEngine.new(
      { datamodels: [[schema.path, schema.content]] },
      () => undefined,
      adapter,
    );
    return await work(engine);
  } finally {
    await pool.end();
  }
}

async function schemaFile(prismaFolder: string): Promise<SchemaFile> {
  return { path: 'schema.prisma', content: await readFile(join(prismaFolder, 'schema.prisma'), 'utf8') };
}

async function readMigrations(prismaFolder: string): Promise<Migration[]> {
  const entries = await readdir(join(prismaFolder, 'migrations'), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (path) => ({
      path,
      migrationFile: {
        path: 'migration.sql' as const,
        content: {
          tag: 'ok' as const,
          value: await readFile(join(prismaFolder, 'migrations', path, 'migration.sql'), 'utf8'),
        },
      },
    })),
  );
}

/** Applies what is missing of the migrations and returns their names. The history is the one that `prisma migrate deploy` reads and writes. */
export async function applyMigrations(pool: PoolConfig, prismaFolder: string): Promise<string[]> {
  const migrationDirectories = await readMigrations(prismaFolder);
  const migrationsList = { baseDir: '', shadowDbInitScript: '', lockfile, migrationDirectories };
  return withEngine(pool, prismaFolder, async (engine) => {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters });
    return appliedMigrationNames;
  });
}

/** The SQL that leads from the database as it is to schema.prisma; null when there is none to write. */
export async function diffToSchema(pool: PoolConfig, prismaFolder: string): Promise<string | null> {
  const files = [await schemaFile(prismaFolder)];
  const from = { tag: 'schemaDatasource' as const, files, configDir: '.' };
  const to = { tag: 'schemaDatamodel' as const, files };
  return withEngine(pool, prismaFolder, async (engine) => {
    const result = await engine.diff({ from, to, script: true, exitCode: true, filters });
    return result.exitCode === 0 ? null : result.stdout;
  });
}
