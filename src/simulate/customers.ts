import { Random } from '../core/random.ts'
import type { Kind } from './catalogue.ts'
import type { Market } from './market.ts'

/** Groups of customers, and how much more than average each buys of a department. */
const SEGMENTS = {
  family: { share: 0.3, likes: { 'Toys & Sports': 3, 'Food & Drink': 1.5, Home: 1.5 } },
  student: { share: 0.25, likes: { Electronics: 2.5, Apparel: 1.5, 'Food & Drink': 1.2 } },
  professional: { share: 0.3, likes: { Beauty: 2.5, Apparel: 2, Electronics: 1.2 } },
  senior: { share: 0.15, likes: { 'Food & Drink': 2.5, Home: 2 } },
} as const satisfies Readonly<
  Record<string, { readonly share: number; readonly likes: Partial<Record<string, number>> }>
>

export type Segment = keyof typeof SEGMENTS
const NAMES = Object.keys(SEGMENTS) as Segment[]

/** The customers whose clicks can be seen, by shop and segment. */
export interface Customers {
  readonly count: number
  /** Index of the segment of each customer; customer c shops in store c mod stores. */
  readonly segment: Uint8Array
  /** Customers of each store and segment, at `store · segments + segment`. */
  readonly groups: readonly Int32Array[]
}

/** Draws who there is. */
export function drawCustomers({ settings, stores }: Market): Customers {
  const random = Random.of(settings.seed, 'customers')
  const segment = new Uint8Array(settings.customers)
  const sizes = new Int32Array(stores.length * NAMES.length)
  for (let c = 0; c < segment.length; c++) {
    let u = random.uniform()
    let s = 0
    while (s < NAMES.length - 1 && u >= SEGMENTS[NAMES[s] as Segment].share) u -= SEGMENTS[NAMES[s++] as Segment].share
    segment[c] = s
    const group = (c % stores.length) * NAMES.length + s
    sizes[group] = (sizes[group] as number) + 1
  }
  const groups = Array.from(sizes, (size) => new Int32Array(size))
  sizes.fill(0)
  for (let c = 0; c < segment.length; c++) {
    const group = (c % stores.length) * NAMES.length + (segment[c] as number)
    ;(groups[group] as Int32Array)[sizes[group] as number] = c
    sizes[group] = (sizes[group] as number) + 1
  }
  return { count: settings.customers, segment, groups }
}

/** The name of a customer's segment. */
export function segmentOf(customers: Customers, customer: number): Segment {
  return NAMES[customers.segment[customer] as number] as Segment
}

/** The identifier of a customer. */
export function customerId(customers: Customers, customer: number): string {
  return `C${String(customer + 1).padStart(String(customers.count).length, '0')}`
}

/** For each segment, the chance that a buyer of a kind of product belongs to it. */
export function buyersOf(kind: Kind): Float64Array {
  const chance = Float64Array.from(NAMES, (name) => {
    const { share, likes } = SEGMENTS[name] as { share: number; likes: Partial<Record<string, number>> }
    return share * (likes[kind.department[0]] ?? 0.7)
  })
  const sum = chance.reduce((a, b) => a + b, 0)
  return chance.map((c) => c / sum)
}

/**
 * Draws a buyer in a shop: the segment by its liking, and within it a few customers buy much of a family, most little.
 *
 * `fans` shifts who they are from one family of products to the next. Undefined where the shop has no such customer.
 */
export function drawBuyer(
  customers: Customers,
  store: number,
  chance: Float64Array,
  fans: number,
  random: Random,
): number | undefined {
  let u = random.uniform()
  let s = 0
  while (s < chance.length - 1 && u >= (chance[s] as number)) u -= chance[s++] as number
  const group = customers.groups[store * NAMES.length + s] as Int32Array
  if (group.length === 0) return undefined
  const rank = Math.floor(group.length * random.uniform() ** 2)
  return group[(rank + (fans % group.length)) % group.length]
}
