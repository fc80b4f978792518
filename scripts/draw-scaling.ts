import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as echarts from 'echarts'

/** Draws the newest kept figures of `pretrained/scaling` for the documentation: `node scripts/draw-scaling.ts`. */
const root = fileURLToPath(new URL('..', import.meta.url))
const newest = globSync('bench/results/*-pretrained-scaling.json', { cwd: root }).sort().at(-1)
if (!newest) throw new Error('run first: npm run bench -- pretrained/scaling --keep')
const read = JSON.parse(readFileSync(join(root, newest), 'utf8')) as
  | { figures: { figure: string; value: number }[] }[]
  | { figures: { figure: string; value: number }[] }
const figures = (Array.isArray(read) ? read : [read]).flatMap((bench) => bench.figures)
const values = new Map(figures.map(({ figure, value }) => [figure, value]))
const parts = figures.map(({ figure }) => /^(.*), (\d+) s: (.*)$/.exec(figure)).filter((match) => match !== null)
const sizes = [...new Set(parts.map(([, size]) => size as string))]
const budgets = [...new Set(parts.map(([, , seconds]) => Number(seconds)))].sort((a, b) => a - b)

const PANELS = [
  { mark: 'synthetic loss', title: 'loss on synthetic series' },
  { mark: 'fresh-daily with all WQL', title: 'fresh-daily WQL' },
  { mark: 'car-parts WQL', title: 'car-parts WQL' },
] as const
const COLORS = ['#9fb3c8', '#5b8db8', '#1f6f8b', '#0b3c49']
const [width, height, room] = [1020, 330, 340]
const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
chart.setOption({
  backgroundColor: '#ffffff',
  animation: false,
  color: COLORS,
  legend: {
    bottom: 0,
    data: sizes.map((size) => ({ name: size })),
    formatter: (name: string) =>
      `${name} (${((values.get(`${name}, ${budgets[0]} s: parameters`) ?? 0) / 1e6).toFixed(2)} M)`,
  },
  title: PANELS.map(({ title }, k) => ({
    text: title,
    left: k * room + 40,
    top: 6,
    textStyle: { fontSize: 13, color: '#34495e' },
  })),
  grid: PANELS.map((_, k) => ({ left: k * room + 60, width: room - 90, top: 40, bottom: 80 })),
  xAxis: PANELS.map((_, k) => ({
    ...{ type: 'log', logBase: 2, gridIndex: k, min: budgets[0], max: budgets.at(-1) },
    ...{ name: 'seconds of one thread', nameLocation: 'middle', nameGap: 28 },
  })),
  yAxis: PANELS.map((_, k) => ({
    type: 'value',
    scale: true,
    gridIndex: k,
    axisLabel: { formatter: (v: number) => v.toFixed(3) },
  })),
  series: PANELS.flatMap(({ mark }, k) =>
    sizes.map((size, s) => ({
      ...{ type: 'line', name: size, xAxisIndex: k, yAxisIndex: k, color: COLORS[s], symbolSize: 7 },
      data: budgets.map((seconds) => [seconds, values.get(`${size}, ${seconds} s: ${mark}`)]),
    })),
  ),
})
// The styles of hovering are of no use in a picture on a page; a title is, to who cannot see it.
const svg = chart
  .renderToSVGString()
  .replace(/<style[\s\S]*?<\/style>/g, '')
  .replace(/<svg[^>]*>/, (open) => `${open}<title>Losses by size and budget of training</title>`)
writeFileSync(join(root, 'docs/pictures/swell-scaling.svg'), `${svg}\n`)

// A timer of the library would keep the program alive.
process.exit()
