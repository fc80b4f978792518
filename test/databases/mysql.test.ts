import mysql from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ForetideError } from '../../src/core/errors.ts'
import { withIngested } from './rows.ts'

const url = process.env.FORETIDE_TEST_MYSQL
const reason = url ? '' : ' (skipped: FORETIDE_TEST_MYSQL is not set; see scripts/test-databases.sh)'

describe.skipIf(!url)(`MySQL${reason}`, () => {
  let connection: mysql.Connection
  beforeAll(async () => {
    connection = await mysql.createConnection(url as string)
    await connection.query('DROP TABLE IF EXISTS sales')
    await connection.query('CREATE TABLE sales (day date, sku varchar(40), units decimal(12, 3), price double)')
    const rows = Array.from({ length: 25_000 }, (_, i) => [
      new Date(Date.UTC(2026, 0, 1 + (i % 100))).toISOString().slice(0, 10),
      `p${Math.floor(i / 100)}`,
      i % 7,
      1.5,
    ])
    await connection.query('INSERT INTO sales VALUES ?', [rows])
    await connection.query(
      `INSERT INTO sales VALUES (NULL, 'p1', 1, 1), ('2026-01-01', NULL, 1, 1), ('2026-04-20', '茶, "x"\n', NULL, NULL)`,
    )
  })
  afterAll(async () => {
    await connection?.query('DROP TABLE IF EXISTS sales')
    await connection?.end()
  })

  test('a table is read whole, its bad rows counted', async () => {
    await withIngested([`${url}?table=sales`], { date: 'day' }, async ([staged], query) => {
      expect(staged?.rows).toBe(25_001)
      expect(staged?.rejected.byCode).toEqual({ 'ingest.row.dateMissing': 1, 'ingest.row.key': 1 })
      const [truth] = await connection.query(
        'SELECT CAST(sum(units) AS double) AS sum FROM sales WHERE day IS NOT NULL AND sku IS NOT NULL',
      )
      expect(await query(`SELECT sum(__target) FROM ${staged?.relation}`)).toEqual([
        [(truth as { sum: number }[])[0]?.sum],
      ])
    })
  })

  test('a query is read, and cannot write', async () => {
    const ask = (sql: string) => `${url}?query=${encodeURIComponent(sql)}`
    await withIngested(
      [ask('SELECT day AS ds, sku AS unique_id, sum(units) AS y FROM sales GROUP BY 1, 2')],
      { as: 'sales' },
      async ([staged]) => {
        expect(staged?.keys).toEqual(['unique_id'])
        expect(staged?.rejected.count).toBe(2)
      },
    )
    await expect(withIngested([ask('DELETE FROM sales')], { as: 'sales' }, async () => {})).rejects.toMatchObject({
      code: 'ingest.database',
    })
    const [rows] = await connection.query('SELECT count(*) AS n FROM sales')
    expect((rows as { n: number }[])[0]?.n).toBe(25_003)
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
