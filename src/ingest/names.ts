import type { TableKind } from './staged.ts'

/** What a column may stand for, recognised by its name. */
export type Concept =
  | 'date'
  | 'hour'
  | 'item'
  | 'location'
  | 'units'
  | 'revenue'
  | 'price'
  | 'promotion'
  | 'stock'
  | 'event'
  | 'spend'
  | 'document'
  | 'text'
  | 'holiday'

/** A column's name without case, spaces and signs, so that `Invoice Date`, `invoice_date` and `InvoiceDate` are one. */
export const bareName = (name: string) =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-./()（）#:：]+/g, '')

/** Common names, English and Chinese, in order of preference; those of Nixtla, GluonTS, AutoGluon and Prophet among them. */
const COMMON: { readonly [C in Concept]: readonly string[] } = {
  date: words(`ds timestamp datetime dt date day invoicedate orderdate salesdate saledate transactiondate transactiontimestamp
    transactiontime orderedat createdat eventtime eventdate purchasedate businessdate calendardate datekey time week weekstart weekending yearweek month yearmonth
    quarter period year 日期 时间 销售日期 订单日期 下单时间 下单日期 交易时间 交易日期 统计日期 数据日期 业务日期 时间戳 周 周次 年周 月份 月 年月 季度 年份`),
  hour: words('hour hourofday hr 小时 时段'),
  item: words(`uniqueid itemid item itemcode itemno itemnbr itemnumber skuid sku skucode skuno productid product productcode productno
    articleid article articleno stockcode upc ean barcode gtin asin seriesid partno part goodsid goods 商品编号 商品编码 商品id 商品代码 商品 sku编码 货号
    产品编号 产品编码 产品id 产品 款号 条码 物料编码 品号 商品名称 产品名称 品名 itemname productname`),
  location:
    words(`storeid store storenbr storecode storeno shopid shop shopcode locationid location site siteid branch branchid warehouse warehouseid
    outlet outletid 门店编号 门店编码 门店id 门店 店铺编号 店铺id 店铺 店 分店 仓库 仓库编码 网点`),
  units:
    words(`y target units unitsales unitssold quantity qty demand volume salesqty salesquantity soldqty qtysold itemsold itemssold sales sale sold salesvolume
    unitsordered orderqty orderquantity count 销量 销售量 销售数量 销售件数 数量 需求 需求量 件数 出库量 订单量`),
  revenue: words('revenue salesvalue salesamount amount turnover gmv 销售额 销售金额 金额 成交额'),
  price: words('price unitprice sellprice sellingprice saleprice listprice 价格 售价 单价 销售价 零售价'),
  promotion:
    words(`promo promotion onpromotion promoflag ispromo discount discountrate deal feat feature activity coupon campaign display displaylocation
    mailerlocation 促销 折扣 折扣率 活动 优惠 是否促销 满减`),
  stock: words(
    'stock onhand inventory stocklevel stockonhand available balance instock 库存 库存量 在库 可用库存 现有库存',
  ),
  event: words('event eventtype eventname action behavior behaviour behaviortype 事件 行为 行为类型 事件类型'),
  spend: words('spend cost adspend adcost impressions clicks 花费 消耗 曝光 曝光量 展现量 点击 点击量 广告费'),
  document:
    words(`invoice invoiceno invoiceid orderid orderno order basketid basket transactionid transaction receipt receiptid receiptno ticket ticketno
    customerid customer householdid userid user memberid 订单号 订单编号 小票号 流水号 客户 客户编号 会员 会员号 用户id`),
  text: words('description title name productdescription itemdescription 描述 商品描述 名称 标题'),
  holiday: words('holiday isholiday holidayflag 节假日 是否节假日'),
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter(Boolean)
}

const RANKS = new Map<string, { readonly concept: Concept; readonly rank: number }>()
for (const [concept, names] of Object.entries(COMMON) as [Concept, readonly string[]][])
  names.forEach((name, rank) => {
    if (!RANKS.has(name)) RANKS.set(name, { concept, rank })
  })

/** What a column's name commonly stands for, and how much its kind of name is preferred (0 most). */
export function conceptOf(name: string): { readonly concept: Concept; readonly rank: number } | undefined {
  return RANKS.get(bareName(name))
}

/** The column that best fits a concept, if any does. */
export function columnFor(names: readonly string[], concept: Concept): string | undefined {
  let best: { name: string; rank: number } | undefined
  for (const name of names) {
    const found = conceptOf(name)
    if (found?.concept === concept && (!best || found.rank < best.rank)) best = { name, rank: found.rank }
  }
  return best?.name
}

/** Names by which codes are told from quantities, though both are numbers. */
export function looksLikeCode(name: string): boolean {
  return (
    /(^|[_\s])(id|code|no|nbr|zip|upc|ean|sku)$/i.test(name.replace(/([a-z])([A-Z])/g, '$1_$2')) ||
    /(编号|编码|代码|号)$/.test(name)
  )
}

/** Whether a file's name says that it is a calendar, which is known ahead of time. */
export const isCalendar = (file: string) => /calendar|holiday|日历|节假日/i.test(file)

/** Words of file names by which kinds of table are known, most telling first. */
const FILES: readonly (readonly [RegExp, TableKind])[] = [
  [/promo|campaign|coupon|促销|活动|优惠/, 'promotions'],
  [/price|pricing|价格|价目/, 'prices'],
  [/inventor|stock(?!code)|库存/, 'stock'],
  [/weather|signal|calendar|holiday|macro|econom|trend|天气|指数|宏观|日历|节假日/, 'signals'],
  [/(^|[^a-z])ads?([^a-z]|$)|advert|marketing|广告|投放/, 'ads'],
  [/event|click|behavio|view|pageview|行为|浏览|点击/, 'events'],
  [/item|product|catalog|article|sku|store|shop|商品|产品|门店/, 'items'],
  [/sale|order|transaction|invoice|demand|retail|销售|销量|订单|交易/, 'sales'],
]

/**
 * What table columns and the file's name speak for; a date with units is sales whatever the file is called.
 *
 * Wide files, having neither, are sales.
 */
export function kindOf(file: string, columns: readonly string[]): TableKind {
  const has = new Set(columns.map((name) => conceptOf(name)?.concept))
  const named = FILES.find(([pattern]) => pattern.test(file.toLowerCase()))?.[1]
  if (has.has('event') && has.has('date')) return 'events'
  if (has.has('units') && has.has('date')) return named === 'stock' || named === 'events' ? named : 'sales'
  if (named === 'items' && has.has('date')) return has.has('price') && !has.has('units') ? 'prices' : 'sales'
  if (named) return named === 'sales' && !has.has('date') && has.has('item') ? 'items' : named
  if (!has.has('date')) return has.has('item') && !has.has('units') ? 'items' : 'sales'
  if (has.has('spend')) return 'ads'
  if (has.has('stock')) return 'stock'
  if (has.has('item') && has.has('price') && !has.has('revenue')) return 'prices'
  if (has.has('item') && has.has('promotion') && !has.has('revenue')) return 'promotions'
  return 'sales'
}
