import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { CsvWriter } from './csv.ts'
import type { Settings } from './options.ts'

type Type = 'DATE' | 'TIMESTAMP' | 'VARCHAR' | 'BIGINT' | 'DOUBLE'
type Columns = Readonly<Record<string, Type>>

const CELL = { date: 'DATE', store: 'VARCHAR', item: 'VARCHAR' } as const satisfies Columns
const FACTOR_COLUMNS = {
  level: 'DOUBLE',
  trend: 'DOUBLE',
  season: 'DOUBLE',
  festival: 'DOUBLE',
  price: 'DOUBLE',
  promotion: 'DOUBLE',
  pull_forward: 'DOUBLE',
  cross: 'DOUBLE',
  ads: 'DOUBLE',
  signals: 'DOUBLE',
  mean: 'DOUBLE',
  variance: 'DOUBLE',
  demand: 'BIGINT',
} as const satisfies Columns

/** Every table that the simulator writes, with its columns in order; `truth/…` are what no shop would know. */
const TABLES = {
  sales: { ...CELL, units: 'BIGINT', returns: 'BIGINT' },
  items: {
    item: 'VARCHAR',
    title: 'VARCHAR',
    title_zh: 'VARCHAR',
    description: 'VARCHAR',
    description_zh: 'VARCHAR',
    department: 'VARCHAR',
    department_zh: 'VARCHAR',
    category: 'VARCHAR',
    category_zh: 'VARCHAR',
    subcategory: 'VARCHAR',
    subcategory_zh: 'VARCHAR',
    brand: 'VARCHAR',
    brand_zh: 'VARCHAR',
    attributes: 'VARCHAR',
    list_price: 'DOUBLE',
    cost: 'DOUBLE',
    pack_size: 'BIGINT',
    lead_time: 'BIGINT',
    launch_date: 'DATE',
  },
  stores: { store: 'VARCHAR', kind: 'VARCHAR', region: 'VARCHAR', floor_area: 'BIGINT', opened: 'DATE' },
  prices: { date: 'DATE', item: 'VARCHAR', price: 'DOUBLE', list_price: 'DOUBLE' },
  stock: { ...CELL, on_hand: 'BIGINT', on_order: 'BIGINT', received: 'BIGINT', stockout: 'BIGINT' },
  promotions: {
    promotion_id: 'VARCHAR',
    item: 'VARCHAR',
    start_date: 'DATE',
    end_date: 'DATE',
    discount: 'DOUBLE',
    mechanic: 'VARCHAR',
  },
  events: {
    timestamp: 'TIMESTAMP',
    customer_id: 'VARCHAR',
    store: 'VARCHAR',
    item: 'VARCHAR',
    event: 'VARCHAR',
    quantity: 'BIGINT',
    price: 'DOUBLE',
  },
  ads: { date: 'DATE', item: 'VARCHAR', channel: 'VARCHAR', spend: 'DOUBLE', impressions: 'BIGINT', clicks: 'BIGINT' },
  signals: { date: 'DATE', store: 'VARCHAR', temperature: 'DOUBLE', rain: 'DOUBLE' },
  'signals-market': { date: 'DATE', item: 'VARCHAR', search_index: 'DOUBLE', competitor_price: 'DOUBLE' },
  calendar: { date: 'DATE', store: 'VARCHAR', closed: 'BIGINT', holiday: 'VARCHAR', payday: 'BIGINT' },
  'truth/demand': { ...CELL, ...FACTOR_COLUMNS, sales: 'BIGINT', hidden: 'BIGINT', bulk: 'BIGINT', closed: 'BIGINT' },
  'truth/future': { ...CELL, ...FACTOR_COLUMNS, closed: 'BIGINT' },
  'truth/items': {
    item: 'VARCHAR',
    family: 'BIGINT',
    scatter: 'VARCHAR',
    pace: 'DOUBLE',
    dispersion: 'DOUBLE',
    order_size: 'DOUBLE',
    elasticity: 'DOUBLE',
    cross_elasticity: 'DOUBLE',
    competitor_elasticity: 'DOUBLE',
    responsiveness: 'DOUBLE',
    pull_forward: 'DOUBLE',
    pull_fade: 'DOUBLE',
    cannibalisation: 'DOUBLE',
    ad_lift: 'DOUBLE',
    ad_carry: 'DOUBLE',
    ad_half: 'DOUBLE',
    ad_slope: 'DOUBLE',
    return_rate: 'DOUBLE',
    return_delay: 'DOUBLE',
    heat: 'DOUBLE',
    rain: 'DOUBLE',
    launch: 'DATE',
    rise: 'DOUBLE',
    novelty: 'DOUBLE',
    decline: 'DATE',
    fade: 'DOUBLE',
    end: 'DATE',
  },
  'truth/stores': {
    store: 'VARCHAR',
    size: 'DOUBLE',
    monday: 'DOUBLE',
    tuesday: 'DOUBLE',
    wednesday: 'DOUBLE',
    thursday: 'DOUBLE',
    friday: 'DOUBLE',
    saturday: 'DOUBLE',
    sunday: 'DOUBLE',
    closed_weekday: 'BIGINT',
    review_days: 'BIGINT',
  },
  'truth/promotions': { promotion_id: 'VARCHAR', item: 'VARCHAR', display_lift: 'DOUBLE', mean_lift: 'DOUBLE' },
  'truth/festivals': {
    festival: 'VARCHAR',
    festival_zh: 'VARCHAR',
    date: 'DATE',
    mood: 'VARCHAR',
    lead: 'BIGINT',
    rise: 'DOUBLE',
    length: 'BIGINT',
    during: 'DOUBLE',
    after: 'BIGINT',
    hangover: 'DOUBLE',
  },
  'truth/outliers': { ...CELL, units: 'BIGINT' },
  'truth/dirt': {
    kind: 'VARCHAR',
    row: 'BIGINT',
    ...CELL,
    units: 'BIGINT',
    written: 'VARCHAR',
  },
  'truth/customers': { customer_id: 'VARCHAR', store: 'VARCHAR', segment: 'VARCHAR' },
} as const satisfies Readonly<Record<string, Columns>>

export type TableName = keyof typeof TABLES

/** A written table. */
export interface WrittenTable {
  readonly table: TableName
  readonly path: string
  readonly rows: number
}

/**
 * The open files of one simulation: rows go into `….partial` beside the names that they get when all is written.
 *
 * An interrupted simulation leaves no file of its own behind, and files of an earlier one as they were.
 */
export class Tables {
  readonly #dir: string
  readonly #format: Settings['format']
  readonly #writers = new Map<TableName, CsvWriter>()

  constructor(dir: string, { format }: Pick<Settings, 'format'>) {
    this.#dir = dir
    this.#format = format
    mkdirSync(join(dir, 'truth'), { recursive: true })
  }

  /** The writer of a table, opened at its first use. */
  of(table: TableName): CsvWriter {
    let writer = this.#writers.get(table)
    if (!writer) {
      writer = new CsvWriter(join(this.#dir, `${table}.csv.partial`), Object.keys(TABLES[table]))
      this.#writers.set(table, writer)
    }
    return writer
  }

  /** Closes the files, turns them into Parquet if asked to, and gives them their names; `asText` names columns kept as text. */
  async finish(asText: Partial<Record<TableName, readonly string[]>>): Promise<WrittenTable[]> {
    for (const writer of this.#writers.values()) writer.close()
    const parquet = this.#format === 'parquet'
    if (parquet) await this.#toParquet(asText)
    const written: WrittenTable[] = []
    for (const [table, writer] of this.#writers) {
      const path = join(this.#dir, `${table}.${this.#format}`)
      renameSync(join(this.#dir, `${table}.${this.#format}.partial`), path)
      written.push({ table, path, rows: writer.rows })
    }
    // What an earlier simulation left here would be taken for a part of this one.
    for (const table of Object.keys(TABLES) as TableName[])
      for (const format of ['csv', 'parquet'] as const)
        if (format !== this.#format || !this.#writers.has(table))
          rmSync(join(this.#dir, `${table}.${format}`), { force: true })
    return written
  }

  /** Closes the files and removes them. */
  abandon(): void {
    for (const [table, writer] of this.#writers) {
      try {
        writer.close()
      } catch {
        // Already closed: the interrupt came while the files were being turned into Parquet.
      }
      for (const format of ['csv', 'parquet']) rmSync(join(this.#dir, `${table}.${format}.partial`), { force: true })
    }
  }

  async #toParquet(asText: Partial<Record<TableName, readonly string[]>>): Promise<void> {
    // One thread: the bytes of a Parquet file then depend on nothing but its rows.
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
    const connection = await instance.connect()
    try {
      for (const [table, writer] of this.#writers) {
        const types = Object.entries(TABLES[table]).map(
          ([name, type]) => `${quote(name)}: ${quote(asText[table]?.includes(name) ? 'VARCHAR' : type)}`,
        )
        const target = join(this.#dir, `${table}.parquet.partial`)
        await connection.run(
          `COPY (FROM read_csv(${quote(writer.path)}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
            nullstr = '', columns = {${types.join(', ')}})) TO ${quote(target)} (FORMAT parquet, COMPRESSION zstd)`,
        )
        rmSync(writer.path)
      }
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
