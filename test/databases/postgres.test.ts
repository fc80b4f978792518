import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ForetideError } from '../../src/core/errors.ts'
import { withIngested } from './rows.ts'

const url = process.env.FORETIDE_TEST_POSTGRES
const reason = url ? '' : ' (skipped: FORETIDE_TEST_POSTGRES is not set; see scripts/test-databases.sh)'

describe.skipIf(!url)(`PostgreSQL${reason}`, () => {
  const client = new pg.Client({ connectionString: url })
  beforeAll(async () => {
    await client.connect()
    await client.query(`DROP TABLE IF EXISTS sales; CREATE TABLE sales (day date, sku text, units numeric, price double precision, at timestamptz);
      INSERT INTO sales SELECT date '2026-01-01' + (i % 100), 'p' || (i / 100), i % 7, 1.5, now() FROM generate_series(0, 24999) i;
      INSERT INTO sales VALUES (NULL, 'p1', 1, 1, now()), ('2026-01-01', NULL, 1, 1, now()), ('2026-04-20', '茶, "x"' || chr(10), 'NaN', NULL, now())`)
  })
  afterAll(async () => {
    await client.query('DROP TABLE IF EXISTS sales')
    await client.end()
  })

  test('a table is read whole, its bad rows counted', async () => {
    await withIngested([`${url}?table=sales`], { date: 'day' }, async ([staged], query) => {
      expect(staged?.rows).toBe(25_001)
      expect(staged?.rejected.byCode).toEqual({ 'ingest.row.dateMissing': 1, 'ingest.row.key': 1 })
      expect(staged?.keys).toEqual(['sku'])
      const truth = await client.query(
        `SELECT sum(units)::float8 AS sum FROM sales WHERE day IS NOT NULL AND sku IS NOT NULL AND units <> 'NaN'`,
      )
      expect(await query(`SELECT sum(__target) FROM ${staged?.relation}`)).toEqual([[truth.rows[0].sum]])
    })
  })

  test('a query is read, and cannot write', async () => {
    const ask = (sql: string) => `${url}?query=${encodeURIComponent(sql)}`
    await withIngested(
      [ask("SELECT day AS ds, sku AS unique_id, sum(units) AS y FROM sales WHERE units <> 'NaN' GROUP BY 1, 2")],
      { as: 'sales' },
      async ([staged]) => {
        expect(staged?.keys).toEqual(['unique_id'])
      },
    )
    await expect(
      withIngested([ask('DELETE FROM sales RETURNING *')], { as: 'sales' }, async () => {}),
    ).rejects.toMatchObject({ code: 'ingest.database' })
    expect((await client.query('SELECT count(*)::int AS n FROM sales')).rows[0].n).toBe(25_003)
  })

  test('no message holds the password', async () => {
    for (const address of [`${url}?table=absent`, `${url?.replace(/:\d+\//, ':1/')}?table=sales`]) {
      const error = await withIngested([address], {}, async () => undefined).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(ForetideError)
      expect(JSON.stringify([(error as ForetideError).details, String(error), (error as Error).stack])).not.toContain(
        'secret-word',
      )
    }
  })
})
