import { Calendar } from '../../core/calendar.ts'
import { type Panel, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'

/** Series with a level and a week of their own, counts drawn around them: of the truth nothing but its mean can be known. */
export function plantedPanel(count: number, periods: number): Panel {
  const series = Array.from({ length: count }, (_, i) => {
    const random = Random.of(11, `planted ${i}`)
    const level = 2 + 10 * random.uniform()
    const week = Array.from({ length: 7 }, () => 0.4 + 1.2 * random.uniform())
    const values = Array.from({ length: periods }, (_, t) => random.poisson(level * (week[t % 7] as number)))
    return { id: `item ${i}`, start: 0, values }
  })
  return panelOf(series, { calendar: new Calendar({ unit: 'day' }) })
}
