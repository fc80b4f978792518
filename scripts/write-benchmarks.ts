import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure } from '../bench/bench.ts'

/** Writes the table of the newest kept figures of every bench into the page on benchmarks: `node scripts/write-benchmarks.ts`. */
const root = fileURLToPath(new URL('..', import.meta.url))
const page = join(root, 'docs/benchmarks.md')

const newest = new Map<string, readonly Figure[]>()
for (const file of globSync('bench/results/*.json', { cwd: root }).sort((a, b) =>
  basename(a).localeCompare(basename(b)),
)) {
  const { bench, figures } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
    bench: string
    figures: readonly Figure[]
  }
  newest.set(bench, figures)
}

/** From so many figures on, a bench is told by those that have a goal. */
const MANY = 60

const shown = (value: number | null) =>
  value === null ? '–' : Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
const rows = [...newest]
  .sort(([a], [b]) => a.localeCompare(b))
  .flatMap(([bench, figures]) =>
    (figures.length > MANY ? figures.filter(({ goal }) => goal !== undefined) : figures).map(
      ({ figure, value, unit, goal = '', met, against = '' }) => {
        const verdict = met === undefined ? '' : met ? ' met' : ' **missed**'
        const asked = goal.replace(/\d+\.\d{5,}/g, (long) => String(Number(Number(long).toPrecision(4))))
        return `| \`${bench}\` | ${figure} | ${shown(value)} ${unit} | ${asked}${verdict} | ${against} |`
      },
    ),
  )
const before = readFileSync(page, 'utf8').split('\n')
const head = before.findIndex((line) => /^\| bench\s+\| figure\s/.test(line))
const end = before.findIndex((line, k) => k > head && !line.startsWith('|'))
if (head < 0) throw new Error(`${page}: no table of figures`)
const rest = end < 0 ? [] : before.slice(end)
writeFileSync(page, [...before.slice(0, head + 2), ...rows, ...rest].join('\n'))
