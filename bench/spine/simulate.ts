import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runOf } from '../../src/core/run.ts'
import { simulatePanel } from '../../src/simulate/panel.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { atMost, type Bench, type Figure, shown } from '../bench.ts'

const bench: Bench = {
  about: 'simulate a marketplace with planted truth: seconds for the demo, rows a second, memory',
  async measure({ smoke, log }) {
    const root = mkdtempSync(join(tmpdir(), 'foretide-bench-simulate-'))
    const figures: Figure[] = []
    try {
      const began = performance.now()
      await simulate({ preset: smoke ? 'tiny' : 'demo' }, join(root, 'demo'), runOf())
      figures.push(atMost('demo: 60 items × 4 stores × 2 years, all files', (performance.now() - began) / 1000, 5, 's'))
      const items = smoke ? 10 : 400
      for (const [name, truth, format] of [
        ['CSV', false, 'csv'],
        ['CSV with truth', true, 'csv'],
        ['Parquet with truth', true, 'parquet'],
      ] as const) {
        const start = performance.now()
        const options = { preset: 'large', items, truth, format } as const
        const { tables, truth: beside } = await simulate(options, join(root, 'large'), runOf())
        const seconds = (performance.now() - start) / 1000
        const sales = tables.find((t) => t.table === 'sales')?.rows ?? 0
        const all = [...tables, ...beside].reduce((sum, t) => sum + t.rows, 0)
        log(`${name}: ${sales} rows of sales, ${all} rows in all, ${seconds.toFixed(1)} s`)
        figures.push(shown(`${items} items × 20 stores × 2 years, ${name}: sales`, sales / seconds, 'rows/s'))
        figures.push(shown(`${items} items × 20 stores × 2 years, ${name}: all tables`, all / seconds, 'rows/s'))
      }
      const start = performance.now()
      const { panel } = simulatePanel({ preset: smoke ? 'tiny' : 'demo' })
      figures.push(
        shown('in-memory panel with truth', (panel.target.length / (performance.now() - start)) * 1000, 'cells/s'),
      )
      figures.push(shown('peak memory of the process', process.resourceUsage().maxRSS / 1024, 'MiB'))
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
    return figures
  },
}

export default bench
