import { Calendar } from '../../src/core/calendar.ts'
import { askOf } from '../../src/core/forecast.ts'
import { at, panelOf } from '../../src/core/panel.ts'
import { Random } from '../../src/core/random.ts'
import { runOf } from '../../src/core/run.ts'
import { swellModel } from '../../src/models/pretrained/model.ts'
import { memorySource } from '../../src/store/source.ts'
import { windowAt } from '../../src/store/window.ts'
import { atLeast, type Bench, type Figure, shown } from '../bench.ts'
import { swellFrom } from '../pretrained-lab.ts'

const DAYS = 112
const HORIZON = 14
/** Three promotions of the past, and one of the days that are asked for. */
const PROMOTED = [20, 21, 22, 51, 52, 53, 83, 84, 85, DAYS + 4, DAYS + 5, DAYS + 6, DAYS + 7]
const SHOPS = 150

const bench: Bench = {
  about:
    'a promotion of unknown strength with three past examples: how much of its effect a forecast without learning recovers',
  async measure({ smoke }) {
    const run = runOf({ threads: 1 })
    const fitted = await swellModel('swell', swellFrom()).fit(windowOf(0, 0.5, true), run)
    const figures: Figure[] = []
    for (const [name, least, most] of [
      ['weak: 1.2 to 1.6 times', 0.18, 0.47],
      ['strong: 1.6 to 4 times', 0.47, 1.39],
    ] as const) {
      let [told, true_] = [0, 0]
      const apart: number[] = []
      for (let s = 0; s < (smoke ? 3 : SHOPS); s++) {
        const effect = least + (most - least) * Random.of(s, name).uniform()
        const [on, off] = [await sold(fitted, s, effect, true), await sold(fitted, s, effect, false)]
        const recovered = Math.log(on / off)
        told += recovered
        true_ += effect
        apart.push(Math.abs(recovered - effect))
      }
      figures.push(
        atLeast(`${name}: share of the effect recovered`, (100 * told) / true_, 70, '%'),
        shown(
          `${name}: mean distance of a series from its own effect`,
          apart.reduce((a, b) => a + b, 0) / apart.length,
          '',
        ),
      )
    }
    return figures

    /** What is forecast for the promoted days of the horizon, whether the promotion is announced or not. */
    async function sold(model: typeof fitted, shop: number, effect: number, announced: boolean): Promise<number> {
      const { mean } = await model.forecast(windowOf(shop, effect, announced), askOf(), run)
      return PROMOTED.filter((t) => t >= DAYS).reduce((sum, t) => sum + at(mean, t - DAYS), 0)
    }
  },
}
export default bench

/** One series alone, so that nothing but its own past tells what a promotion does. */
function windowOf(shop: number, effect: number, announced: boolean) {
  const random = Random.of(shop, 'planted')
  const level = 8 * 10 ** (2 * random.uniform())
  const weekend = 1 + random.uniform()
  const values = Array.from({ length: DAYS + HORIZON }, (_, t) =>
    t < DAYS
      ? random.poisson(level * (t % 7 >= 5 ? weekend : 1) * Math.exp(PROMOTED.includes(t) ? effect : 0))
      : Number.NaN,
  )
  const promotion = values.map((_, t) => (PROMOTED.includes(t) && (t < DAYS || announced) ? 1 : 0))
  const panel = panelOf([{ id: 'one', start: 0, values, columns: { promotion } }], {
    calendar: new Calendar({ unit: 'day' }),
    knownAhead: ['promotion'],
  })
  return windowAt(memorySource(panel), DAYS - 1, HORIZON)
}
