import { ForetideError } from '../../../core/errors.ts'
import { at, seriesParts } from '../../../core/panel.ts'
import { type ColdStartSettings, periodsOf } from '../options.ts'
import { type History, PRICE } from './gather.ts'
import type { Lives } from './lives.ts'

/** The products of a window, and what is known of each without looking at its demand; arrays have one entry a product. */
export interface Catalogue {
  readonly products: readonly string[]
  readonly locations: readonly string[]
  /** Index of the product and the location of each series. */
  readonly productOf: Int32Array
  readonly locationOf: Int32Array
  /** Columns that set products apart, the coarsest first, and `labels[column][product]`. */
  readonly columns: readonly string[]
  readonly labels: readonly (readonly (string | undefined)[])[]
  /** Names and attributes joined; empty where there is no text. */
  readonly texts: readonly string[]
  /** Logarithm of the price, NaN where unknown. */
  readonly price: Float64Array
  /** Period of the first observation anywhere; where there is none yet, the first after the cutoff for which something is planned. */
  readonly launch: Float64Array
  /** 1 where the launch was seen, and not only the start of the data. */
  readonly launched: Uint8Array
}

const PRODUCT = /item|product|sku|article|goods|商品|产品|货号|品名/i
const TEXT = /title|name|text|descri|attribut|名|标题|描述|属性/i
/** A launch within as many days of the first data of all may be no launch. */
const MARGIN = 14

/** Lays out the products of a history; refuses columns named in the settings that are not there. */
export function catalogueOf(history: History, lives: Lives, settings: ColdStartSettings): Catalogue {
  const key = productKey(history, settings)
  const products = new Map<string, number>()
  const locations = new Map<string, number>()
  const n = history.ids.length
  const productOf = new Int32Array(n)
  const locationOf = new Int32Array(n)
  history.ids.forEach((id, i) => {
    const parts = seriesParts(id)
    const product = key < 0 ? id : (parts[key] ?? id)
    const location = key < 0 ? '' : parts.filter((_, k) => k !== key).join('/')
    productOf[i] = numberOf(products, product)
    locationOf[i] = numberOf(locations, location)
  })
  const count = products.size
  const perProduct = (values: readonly (string | undefined)[]) => {
    const own = new Array<string | undefined>(count)
    values.forEach((value, i) => {
      own[at(productOf, i)] ??= value
    })
    return own
  }
  const { categories, texts } = rolesOf(history, productOf, count, settings)
  const columns = [...categories].sort((a, b) => distinct(history, a) - distinct(history, b) || (a < b ? -1 : 1))
  const written = texts.map((name) => perProduct(labelsNamed(history, name, 'texts')))
  return {
    products: [...products.keys()],
    locations: [...locations.keys()],
    productOf,
    locationOf,
    columns,
    labels: columns.map((name) => perProduct(labelsNamed(history, name, 'categories'))),
    texts: Array.from({ length: count }, (_, p) => written.flatMap((column) => column[p] ?? []).join(' ')),
    price: pricesOf(history, productOf, count, settings),
    ...launchesOf(history, lives, productOf, count),
  }
}

function productKey({ keys, ids }: History, { product }: ColdStartSettings): number {
  if (keys.length < 2 || seriesParts(ids[0] ?? '').length !== keys.length) return -1
  if (product === undefined) {
    const named = keys.findIndex((name) => PRODUCT.test(name))
    return named < 0 ? keys.length - 1 : named
  }
  const found = keys.indexOf(product)
  if (found < 0) throw missing(product, 'product', keys)
  return found
}

function numberOf(known: Map<string, number>, name: string): number {
  const found = known.get(name) ?? known.size
  known.set(name, found)
  return found
}

/** Columns that tell products apart, and those that describe each in words; what differs between the places of a product is neither, nor is a bare code. */
function rolesOf(history: History, productOf: Int32Array, count: number, settings: ColdStartSettings) {
  const own = [...history.labels].filter(([, labels]) => isOfProducts(labels, productOf, count)).map(([name]) => name)
  const isText = (name: string) => {
    const values = new Set(history.labels.get(name)?.flatMap((v) => v ?? []))
    const many = values.size > 2 && values.size > count / 2
    return many && (TEXT.test(name) || wordy([...values]))
  }
  const texts = settings.texts ?? own.filter(isText)
  const categories =
    settings.categories ??
    own.filter(
      (name) =>
        !texts.includes(name) && distinct(history, name) > 1 && distinct(history, name) < Math.max(2, 0.8 * count),
    )
  return { texts, categories }
}

function isOfProducts(labels: readonly (string | undefined)[], productOf: Int32Array, count: number): boolean {
  const own = new Array<string | undefined>(count)
  return labels.every((label, i) => {
    const p = at(productOf, i)
    own[p] ??= label
    return label === undefined || own[p] === label
  })
}

const distinct = (history: History, name: string) => new Set(history.labels.get(name)).size

/** Whether texts have several words, or a few Chinese signs. */
function wordy(values: readonly string[]): boolean {
  const telling = values.filter((v) => /\p{L}+[\s\-_,]+[\p{L}\p{N}]/u.test(v) || /\p{Script=Han}{3}/u.test(v))
  return telling.length > values.length / 2
}

function labelsNamed(history: History, name: string, role: string): readonly (string | undefined)[] {
  const found = history.labels.get(name)
  if (!found) throw missing(name, role, [...history.labels.keys()])
  return found
}

function pricesOf(history: History, productOf: Int32Array, count: number, { price }: ColdStartSettings): Float64Array {
  const all = [...history.numbers.keys(), ...history.known.map((c) => c.name), ...history.prices.keys()]
  const name = price ?? all.find((found) => PRICE.test(found))
  if (name === undefined) return new Float64Array(count).fill(Number.NaN)
  if (!all.includes(name)) throw missing(name, 'price', all)
  const sum = new Float64Array(count)
  const seen = new Float64Array(count)
  const add = (p: number, value: number) => {
    if (!(value > 0)) return
    sum[p] = at(sum, p) + Math.log(value)
    seen[p] = at(seen, p) + 1
  }
  const numbers = history.numbers.get(name)
  const known = history.known.find((c) => c.name === name)
  const past = known?.past ?? history.prices.get(name)
  history.ids.forEach((_, i) => {
    const p = at(productOf, i)
    if (numbers) add(p, at(numbers, i))
    if (past) for (let k = at(history.offsets, i); k < at(history.offsets, i + 1); k++) add(p, at(past, k))
    if (known) for (let h = 0; h < history.horizon; h++) add(p, at(known.future, i * history.horizon + h))
  })
  return sum.map((total, p) => total / at(seen, p))
}

function launchesOf(history: History, lives: Lives, productOf: Int32Array, count: number) {
  const launch = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  for (let i = 0; i < history.ids.length; i++) {
    const p = at(productOf, i)
    const first = at(lives.first, i)
    launch[p] = Math.min(at(launch, p), Number.isNaN(first) ? plannedLaunch(history, i) : first)
  }
  const margin = lives.opening + periodsOf(MARGIN, history.calendar)
  return { launch, launched: Uint8Array.from(launch, (period) => (period >= margin ? 1 : 0)) }
}

/** A series without a sale begins where its known columns (a price list, a plan) begin after the cutoff; at once where they tell nothing. */
function plannedLaunch({ known, horizon, cutoff }: History, i: number): number {
  for (let h = 0; h < horizon; h++)
    if (known.some(({ future }) => !Number.isNaN(at(future, i * horizon + h)))) return cutoff + 1 + h
  return cutoff + 1
}

function missing(column: string, role: string, columns: readonly string[]): ForetideError {
  return new ForetideError('coldStart.column', { column, role, columns: columns.join(', ') }, { fault: 'usage' })
}
