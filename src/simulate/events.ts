import { hash32, Random } from '../core/random.ts'
import type { CsvWriter } from './csv.ts'
import { buyersOf, type Customers, customerId, drawBuyer } from './customers.ts'
import type { Family } from './family.ts'
import type { Market } from './market.ts'
import type { Series } from './series.ts'

/** What a customer does with a product. */
type EventName = 'view' | 'cart' | 'purchase'

/** Sessions of looking without buying for each seen purchase, and the share of them that fill a cart. */
const WINDOW_SHOPPING = 2
const ABANDONED = 0.2

/**
 * Writes the seen share of the ways from view to purchase of one series.
 *
 * Each unit sold is seen with chance `eventRate`: its buyer views the product, sometimes after a sibling, puts it into the
 * cart and buys it. For each of them about two more customers only look, and some of those leave a full cart behind.
 */
export function writeEvents(
  market: Market,
  family: Family,
  customers: Customers,
  series: Series,
  out: CsvWriter,
): void {
  const { settings, days } = market
  const { store, product, from, soldTo, sales } = series
  const random = Random.of(settings.seed, `events:${product.item.index}:${store.index}`)
  const chance = buyersOf(product.item.kind)
  const fans = hash32(`${settings.seed}:fans:${family.index}`)
  for (let t = from; t < soldTo; t++) {
    const bought = sales[t] === 0 ? 0 : random.binomial(sales[t] as number, settings.eventRate)
    if (bought === 0) continue
    const looks = random.poisson(bought * WINDOW_SHOPPING)
    for (let n = 0; n < bought + looks; n++) {
      const customer = drawBuyer(customers, store.index, chance, fans, random)
      if (customer === undefined) continue
      const who = customerId(customers, customer)
      let second = 9 * 3600 + random.integer(11 * 3600)
      const write = (event: EventName, seen = product) => {
        out
          .text(`${days.text[t]} ${clock(second)}`)
          .text(who)
          .text(store.id)
          .text(seen.item.id)
          .text(event)
        out.number(event === 'view' ? Number.NaN : 1).number(seen.prices.paid[t] as number, 2)
        out.end()
        second += 20 + random.integer(240)
      }
      if (random.uniform() < 0.4) {
        const sibling = family.products[random.integer(family.products.length)] ?? product
        if ((sibling.factors.life[t] as number) > 0) write('view', sibling)
      }
      write('view')
      if (n < bought) {
        write('cart')
        write('purchase')
      } else if (random.uniform() < ABANDONED) write('cart')
    }
  }
}

const two = (n: number) => String(n).padStart(2, '0')
const clock = (second: number) =>
  `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`
