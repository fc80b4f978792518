import { expect, test } from 'vitest'
import { columnFor, conceptOf, kindOf } from './names.ts'

test('names are recognised whatever their case, spaces and language', () => {
  for (const [name, concept] of Object.entries({
    InvoiceDate: 'date',
    ds: 'date',
    日期: 'date',
    'Order Date': 'date',
    unique_id: 'item',
    StockCode: 'item',
    商品编号: 'item',
    store_nbr: 'location',
    门店: 'location',
    y: 'units',
    销量: 'units',
    'Units Sold': 'units',
    售价: 'price',
    onpromotion: 'promotion',
    库存: 'stock',
  }))
    expect([name, conceptOf(name)?.concept]).toEqual([name, concept])
})

test('units are preferred to sales, and product codes to product names', () => {
  expect(columnFor(['sales', 'units'], 'units')).toBe('units')
  expect(columnFor(['product_name', 'product_id'], 'item')).toBe('product_id')
})

test('kinds of table are told by file and columns', () => {
  expect(kindOf('2026', ['date', 'sku', 'units'])).toBe('sales')
  expect(kindOf('products', ['sku', 'brand'])).toBe('items')
  expect(kindOf('weather', ['date', 'temperature'])).toBe('signals')
  expect(kindOf('x', ['date', 'sku', 'price'])).toBe('prices')
  expect(kindOf('inventory_2026', ['date', 'sku', 'qty'])).toBe('stock')
  expect(kindOf('促销', ['日期', '商品', '折扣'])).toBe('promotions')
  expect(kindOf('clicks', ['timestamp', 'item_id', 'event_type'])).toBe('events')
  expect(kindOf('adspend', ['date', 'campaign', 'spend'])).toBe('ads')
})
