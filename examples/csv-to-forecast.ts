/** A CSV file to a forecast, as a table on the console: `node --conditions=source examples/csv-to-forecast.ts [sales.csv]`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backtestWorkspace, forecastWorkspace, importFiles, quantileAt, runOf, Workspace } from 'foretide'

const file = process.argv[2] ?? join(import.meta.dirname, 'data/sales.csv')
const folder = mkdtempSync(join(tmpdir(), 'foretide-example-'))
const run = runOf()
const workspace = Workspace.open(folder)
const facts = await importFiles(workspace, [file], {}, run)
const options = { horizon: 7, models: ['auto-ets', 'seasonal-naive'] }
const tested = await backtestWorkspace(workspace, options, run)
const { forecast, chosen } = await forecastWorkspace(workspace, tested, options, run)
console.log(`${facts.series} series from ${facts.from} to ${facts.to}; ${chosen} did best on the past`)
for (const [i, id] of forecast.ids.entries())
  for (let h = 0; h < forecast.horizon; h++) {
    const [low, middle, high] = [0.1, 0.5, 0.9].map((level) => quantileAt(forecast, i, h, level).toFixed(1))
    console.log(id, forecast.calendar.format(forecast.start + h), low, middle, high)
  }
rmSync(folder, { recursive: true })
