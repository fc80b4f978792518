/** Boosted trees on a table of one's own, explained and exported: `node --conditions=source examples/boosting.ts`. */
import { boosting, Random, runOf, shapValues, tableOf, treesToOnnx } from 'foretide'

// A thousand days: demand falls with price, doubles under a promotion, and peaks at weekends.
const random = Random.of(3, 'shop')
const rows = 1000
const columnOf = (value: (day: number) => number) => Float32Array.from({ length: rows }, (_, day) => value(day))
const weekday = columnOf((day) => day % 7)
const price = columnOf(() => 4 + 2 * random.uniform())
const promotion = columnOf(() => (random.uniform() < 0.2 ? 1 : 0))
const target = columnOf((day) => {
  const weekend = day % 7 > 4 ? 1.5 : 1
  return random.poisson(weekend * (promotion[day] ? 2 : 1) * (80 - 10 * (price[day] as number)))
})
const table = tableOf([{ name: 'weekday', categorical: true }, 'price', 'promotion'], {
  rows,
  columns: [weekday, price, promotion],
  target,
})

// Price must never raise demand, whatever the noise says.
const run = runOf({ seed: 1 })
const options = { objective: { loss: 'poisson' }, rounds: 80, leaves: 8, monotone: { price: -1 } } as const
const fitted = await boosting(options).fit(table, run)

const asked = {
  rows: 3,
  columns: [Float32Array.of(2, 2, 6), Float32Array.of(5.5, 4.5, 4.5), Float32Array.of(0, 0, 1)],
}
const predicted = await fitted.predict(asked, run)
const { values, base } = await shapValues(fitted.ensemble, asked, run)
for (let i = 0; i < asked.rows; i++) {
  const parts = fitted.features.map(({ name }, f) => `${name} × ${Math.exp(values[i * 3 + f] as number).toFixed(2)}`)
  console.log(`${predicted[i]?.toFixed(1)} = ${Math.exp(base[0] as number).toFixed(1)} ${parts.join(' ')}`)
}
console.log(`importance ${[...fitted.importance()].map((share) => share.toFixed(2)).join(' ')}`)
console.log(`ONNX ${treesToOnnx(fitted.ensemble).length > 1000 ? 'written' : 'empty'}`)
