import { ForetideError } from '../core/errors.ts'
import { headerDate } from './dates.ts'
import { conceptOf } from './names.ts'
import { numberStyles } from './numbers.ts'
import { note, type Raw, type Reading } from './raw.ts'
import { ident, literal } from './sql.ts'

const NUMBER = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w*INT\w*|FLOAT|DOUBLE|DECIMAL.*)$/
const PERIOD = /^[a-z]{1,4}_?\d+$/i

/** Turns a wide table (a column a series, or a column a date) into a long one; leaves others as they are. */
export async function unpivot(reading: Reading, raw: Raw): Promise<Raw> {
  const { options, connection } = reading
  if (raw.melted || options.wide === false) return raw
  const names = raw.columns.map((c) => c.name)
  const sourceOf = new Map(raw.columns.map((c) => [c.name, c.source]))
  const isPeriod = (name: string) =>
    headerDate(sourceOf.get(name) ?? name) !== undefined ||
    (options.periods !== undefined && PERIOD.test(name) && conceptOf(name) === undefined)
  const dated = names.filter(isPeriod)
  if (dated.length >= 3 || (options.wide && dated.length >= 1))
    return melt(
      reading,
      raw,
      'dates',
      dated,
      names.filter((name) => !dated.includes(name)),
    )
  const date = options.date ?? names.find((name) => conceptOf(name)?.concept === 'date')
  const stated = new Set([
    ...(options.id ?? []),
    ...(options.known ?? []),
    ...(options.past ?? []),
    ...(options.static ?? []),
    options.target,
  ])
  const rest = names.filter((name) => name !== date)
  const fits = date !== undefined && !rest.some((name) => stated.has(name))
  if (options.wide) {
    if (!fits)
      throw new ForetideError(
        'ingest.notWide',
        { file: raw.file, columns: names.slice(0, 20).join(', ') },
        { fault: 'badInput' },
      )
    return melt(reading, raw, 'series', rest, [date])
  }
  if (!fits || rest.length < 3 || rest.some((name) => conceptOf(name) !== undefined)) return raw
  const texts = raw.columns.filter((c) => c.type === 'VARCHAR' && rest.includes(c.name)).map((c) => c.name)
  if (raw.columns.some((c) => rest.includes(c.name) && c.type !== 'VARCHAR' && !NUMBER.test(c.type))) return raw
  const styles = await numberStyles(connection, ident(raw.relation), texts.slice(0, 50), { limit: 1000 })
  if ([...styles.values()].some((style) => style.bad > style.present * 0.2)) return raw
  return melt(reading, raw, 'series', rest, [date])
}

async function melt(
  reading: Reading,
  raw: Raw,
  over: 'series' | 'dates',
  values: readonly string[],
  ids: readonly string[],
): Promise<Raw> {
  const { connection } = reading
  const name = reading.name('long')
  const taken = new Set(ids.map((id) => id.toLowerCase()))
  const free = (wanted: string) => (taken.has(wanted) ? `${wanted}_name` : wanted)
  const [head, value] = over === 'series' ? [free('item'), free('value')] : [free('date'), free('value')]
  const casts = raw.columns.filter((c) => values.includes(c.name))
  const uniform = new Set(casts.map((c) => c.type)).size === 1
  const list = values.map((v) => (uniform ? ident(v) : `${ident(v)}::DOUBLE AS ${ident(v)}`)).join(', ')
  const row = raw.row ?? 'NULL::BIGINT'
  const inner = `SELECT ${row} AS __origin, ${[...ids.map(ident), list].join(', ')} FROM ${ident(raw.relation)}`
  await connection.run(
    `CREATE TEMP VIEW ${ident(name)} AS FROM (${inner}) UNPIVOT INCLUDE NULLS (${ident(value)} FOR ${ident(head)} IN (${values.map(ident).join(', ')}))`,
  )
  reading.scratch.push(`DROP VIEW IF EXISTS ${ident(name)}`)
  const notices = [...raw.notices]
  note(notices, over === 'series' ? 'ingest.wideSeries' : 'ingest.wideDates', { file: raw.file, count: values.length })
  const keys = raw.columns.filter((c) => ids.includes(c.name))
  const type = uniform ? (casts[0]?.type ?? 'VARCHAR') : 'DOUBLE'
  return {
    ...raw,
    relation: name,
    columns: [
      ...keys,
      { name: head, source: literal(head).slice(1, -1), type: 'VARCHAR' },
      { name: value, source: value, type },
    ],
    ...(raw.row ? { row: '__origin' } : {}),
    notices,
    melted: { over, columns: values.length },
  }
}
