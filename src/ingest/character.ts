import { conceptOf } from './names.ts'
import type { Reading } from './raw.ts'
import type { Roles, TableColumn } from './roles.ts'
import { ident, rowOf } from './sql.ts'
import type { StagedColumn } from './staged.ts'

/** Columns that hold one value a series; a few rows rule out most, the rest are checked over all. */
export async function staticsOf(
  reading: Reading,
  out: string,
  staged: readonly StagedColumn[],
  roles: Roles,
  rows: number,
): Promise<Set<string>> {
  const keys = roles.keys.map(ident)
  const candidates = staged.filter((c) => c.guessed && c.role === 'past')
  let left = candidates.map((c) => c.name)
  if (rows < 2) return new Set()
  for (const limit of [20_000, 0]) {
    if (left.length === 0) break
    const from = limit > 0 ? `(FROM ${ident(out)} LIMIT ${limit})` : ident(out)
    const steady = left.map(
      (name, i) =>
        `min(${ident(name)}) IS NOT DISTINCT FROM max(${ident(name)}) AND count(*) > 1 AND count(${ident(name)}) > 0 AS same${i}, min(${ident(name)}) IS NOT DISTINCT FROM max(${ident(name)}) AS keeps${i}`,
    )
    const row = await rowOf<Record<string, boolean>>(
      reading.connection,
      `SELECT ${left.map((_, i) => `bool_and(keeps${i}) AND bool_or(same${i}) AS s${i}`).join(', ')} FROM (SELECT ${steady.join(', ')} FROM ${from}${keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : ''})`,
    )
    left = left.filter((_, i) => row[`s${i}`] === true)
  }
  return new Set(left)
}

/** Transactions are rows with times within the day that keep to no grid, or several a key and date that name a document. */
export async function areTransactions(
  reading: Reading,
  out: string,
  roles: Roles,
  columns: readonly TableColumn[],
  rows: number,
): Promise<boolean> {
  const native = roles.date ? columns.find((c) => c.name === roles.date)?.type : ''
  if (native === 'DATE' || rows < 2) {
    if (roles.hour || !columns.some((c) => conceptOf(c.name)?.concept === 'document')) return false
  }
  const sample = `(SELECT ${[...roles.keys.map(ident), '__at'].join(', ')} FROM ${ident(out)} LIMIT 200000)`
  const group = [...roles.keys.map(ident), "date_trunc('day', __at)"].join(', ')
  const { minutes, days } = await rowOf<{ minutes: number; days: number }>(
    reading.connection,
    `SELECT (SELECT count(DISTINCT minute(__at) * 60 + second(__at)) FROM ${sample}) AS minutes,
      (SELECT count(*) FROM (SELECT 1 FROM ${sample} GROUP BY ${group})) AS days`,
  )
  if (minutes > 1) return true
  const document = columns.some((c) => conceptOf(c.name)?.concept === 'document')
  return document && days < Math.min(rows, 200_000)
}
