import { existsSync, globSync } from 'node:fs'
import { basename } from 'node:path'
import { ForetideError } from '../core/errors.ts'
import type { IngestOptions, Input } from './options.ts'
import type { TableKind } from './staged.ts'

/** One file or one database to read. */
export interface Source {
  readonly where: 'file' | 'postgres' | 'mysql'
  /** The path, or the URL with its secrets. */
  readonly path: string
  /** What messages call it, without secrets. */
  readonly label: string
  readonly as?: TableKind
  /** Which tables of a database to read, or a query. */
  readonly table?: string
  readonly query?: string
}

const DATABASES: Readonly<Record<string, 'postgres' | 'mysql'>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
}

/** Resolves globs and URLs; refuses patterns without a file and addresses of other kinds. */
export function expandInputs(inputs: readonly (string | Input)[], options: IngestOptions): Source[] {
  if (inputs.length === 0) throw new ForetideError('ingest.nothing', {}, { fault: 'usage' })
  return inputs.flatMap((given) => {
    const input = typeof given === 'string' ? { path: given } : given
    const as = input.as ?? options.as
    const kind = as ? { as } : {}
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(input.path)) return [{ ...databaseOf(input.path), ...kind }]
    const [path, table] = existsSync(input.path) ? [input.path] : splitTable(input.path)
    if (existsSync(path as string) || !/[*?[{]/.test(input.path))
      return [
        { where: 'file' as const, path: path as string, label: path as string, ...kind, ...(table ? { table } : {}) },
      ]
    const found = globSync(input.path).sort()
    if (found.length === 0) throw new ForetideError('ingest.noMatch', { pattern: input.path }, { fault: 'badInput' })
    return found.map((file) => ({ where: 'file' as const, path: file, label: file, ...kind }))
  })
}

/** `shop.db?table=sales` names a table within a database file. */
function splitTable(path: string): [string, string?] {
  const match = /^(.*)\?table=([^?]+)$/.exec(path)
  return match ? [match[1] as string, match[2] as string] : [path]
}

function databaseOf(address: string): Source {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    throw new ForetideError(
      'ingest.url',
      { url: address.replace(/\/\/[^@/]*@/, '//***@').replace(/\?.*$/, '') },
      { fault: 'usage' },
    )
  }
  const where = DATABASES[url.protocol]
  if (!where) throw new ForetideError('ingest.scheme', { scheme: url.protocol.replace(':', '') }, { fault: 'usage' })
  const table = url.searchParams.get('table') ?? undefined
  const query = url.searchParams.get('query') ?? undefined
  url.searchParams.delete('table')
  url.searchParams.delete('query')
  const label = `${url.protocol}//${url.host}${url.pathname}${table ? `?table=${table}` : ''}`
  if (!table && !query) throw new ForetideError('ingest.noTable', { file: label }, { fault: 'usage' })
  return { where, path: url.href, label, ...(table ? { table } : {}), ...(query ? { query } : {}) }
}

/** The name of a file without folder and extensions. */
export const stemOf = (path: string) =>
  basename(path).replace(/(\.(csv|tsv|txt|json|jsonl|ndjson|parquet|pq|gz|db|sqlite3?|duckdb))+$/i, '')
