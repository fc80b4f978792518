import {
  AGES,
  BOTTLES,
  COLOURS,
  FIT,
  LINKS,
  MATERIALS,
  METALS,
  PACKS,
  POWER,
  SIZES,
  SKIN,
  TASTES,
  type Word,
} from './vocabulary.ts'

/** A kind of product: what substitutes share, in words and in how people buy it. */
export interface Kind {
  readonly department: Word
  readonly category: Word
  readonly name: Word
  /** Words that set one product apart from the next, one drawn from each list. */
  readonly attributes: { readonly [name: string]: readonly Word[] }
  /** Typical price. */
  readonly price: number
  /** Units a day in a shop of size 1, typically. */
  readonly pace: number
  /** Mean own-price elasticity. */
  readonly elasticity: number
  /** Height and peak day of the yearly season, on the logarithm of demand. */
  readonly year: readonly [amplitude: number, peak: number]
  /** Sensitivity to festivals by mood. */
  readonly gift: number
  readonly shopping: number
  /** Effect of 5 degrees above normal, and of a heavy day of rain, on the logarithm of demand. */
  readonly heat: number
  readonly rain: number
  /** Share of units that come back. */
  readonly returns: number
}

const FOOD: Word = ['Food & Drink', '食品饮料']
const HOME: Word = ['Home', '家居']
const APPAREL: Word = ['Apparel', '服饰']
const ELECTRONICS: Word = ['Electronics', '数码家电']
const BEAUTY: Word = ['Beauty', '美妆个护']
const LEISURE: Word = ['Toys & Sports', '玩具运动']

type Row = readonly [
  department: Word,
  category: Word,
  name: Word,
  attributes: Kind['attributes'],
  price: number,
  pace: number,
  elasticity: number,
  year: readonly [number, number],
  moods: readonly [gift: number, shopping: number],
  weather: readonly [heat: number, rain: number],
  returns: number,
]

const ROWS: readonly Row[] = [
  [FOOD, ['Tea', '茶'], ['Green Tea', '绿茶'], { pack: PACKS }, 68, 5, -1.4, [0.15, 110], [1, 0.5], [0.02, 0], 0.01],
  [
    APPAREL,
    ['Outerwear', '外套'],
    ['Down Jacket', '羽绒服'],
    { colour: COLOURS, fit: FIT },
    599,
    2,
    -2.2,
    [1.1, 345],
    [0.3, 1.1],
    [-0.2, -0.1],
    0.14,
  ],
  [
    ELECTRONICS,
    ['Audio', '音频'],
    ['Earphones', '耳机'],
    { link: LINKS, colour: COLOURS },
    259,
    4,
    -2.4,
    [0.1, 340],
    [0.5, 1.3],
    [0, 0],
    0.06,
  ],
  [
    FOOD,
    ['Drinks', '饮料'],
    ['Sparkling Water', '气泡水'],
    { taste: TASTES, bottle: BOTTLES },
    8,
    12,
    -2,
    [0.45, 205],
    [0.2, 0.6],
    [0.18, -0.12],
    0.005,
  ],
  [
    BEAUTY,
    ['Skin Care', '护肤'],
    ['Sunscreen', '防晒霜'],
    {
      skin: SKIN,
      bottle: [
        ['50 ml', '50毫升'],
        ['100 ml', '100毫升'],
      ],
    },
    129,
    5,
    -1.8,
    [0.7, 180],
    [0.2, 1.2],
    [0.15, -0.2],
    0.03,
  ],
  [
    HOME,
    ['Kitchen', '厨具'],
    ['Wok', '炒锅'],
    { material: METALS, size: SIZES },
    189,
    2,
    -1.7,
    [0.12, 330],
    [0.4, 0.9],
    [0, 0],
    0.04,
  ],
  [
    FOOD,
    ['Snacks', '零食'],
    ['Mixed Nuts', '混合坚果'],
    { taste: TASTES, pack: PACKS },
    45,
    8,
    -1.6,
    [0.25, 20],
    [1.1, 0.7],
    [-0.02, 0.02],
    0.005,
  ],
  [
    LEISURE,
    ['Toys', '玩具'],
    ['Building Blocks', '积木'],
    { age: AGES, colour: COLOURS },
    149,
    3,
    -1.9,
    [0.2, 350],
    [0.9, 1],
    [0, 0.08],
    0.05,
  ],
  [
    ELECTRONICS,
    ['Small Appliances', '小家电'],
    ['Fan', '电风扇'],
    { size: SIZES, colour: COLOURS },
    199,
    2.5,
    -1.8,
    [1, 195],
    [0.1, 0.8],
    [0.3, -0.1],
    0.05,
  ],
  [
    APPAREL,
    ['Tops', '上衣'],
    ['T-shirt', 'T恤'],
    { colour: COLOURS, fit: FIT },
    79,
    6,
    -2.1,
    [0.6, 190],
    [0.2, 1],
    [0.12, -0.1],
    0.12,
  ],
  [
    BEAUTY,
    ['Skin Care', '护肤'],
    ['Face Cream', '面霜'],
    { skin: SKIN },
    219,
    3,
    -1.5,
    [0.3, 350],
    [0.6, 1.4],
    [-0.05, 0],
    0.03,
  ],
  [
    HOME,
    ['Bedding', '床品'],
    ['Quilt', '被子'],
    { material: MATERIALS, size: SIZES },
    349,
    1.5,
    -1.6,
    [0.6, 320],
    [0.3, 1],
    [-0.12, 0],
    0.07,
  ],
  [
    FOOD,
    ['Snacks', '零食'],
    ['Potato Chips', '薯片'],
    { taste: TASTES, pack: PACKS },
    12,
    12,
    -2.2,
    [0.12, 200],
    [0.5, 0.5],
    [0.03, 0.02],
    0.003,
  ],
  [
    ELECTRONICS,
    ['Phone Accessories', '手机配件'],
    ['Power Bank', '充电宝'],
    { power: POWER, colour: COLOURS },
    119,
    4,
    -2.3,
    [0.1, 210],
    [0.2, 1.1],
    [0.02, 0],
    0.05,
  ],
  [
    LEISURE,
    ['Fitness', '健身'],
    ['Yoga Mat', '瑜伽垫'],
    { colour: COLOURS, size: SIZES },
    99,
    2,
    -1.9,
    [0.3, 15],
    [0.1, 0.8],
    [0, 0.06],
    0.06,
  ],
  [
    APPAREL,
    ['Shoes', '鞋靴'],
    ['Running Shoes', '跑鞋'],
    { colour: COLOURS, fit: FIT },
    459,
    2,
    -2,
    [0.25, 100],
    [0.2, 1.1],
    [0.02, -0.12],
    0.15,
  ],
  [
    ELECTRONICS,
    ['Small Appliances', '小家电'],
    ['Heater', '取暖器'],
    { size: SIZES, colour: COLOURS },
    299,
    1.5,
    -1.7,
    [1.2, 5],
    [0.1, 0.8],
    [-0.3, 0.05],
    0.05,
  ],
  [
    BEAUTY,
    ['Hair Care', '洗护'],
    ['Shampoo', '洗发水'],
    { bottle: BOTTLES },
    59,
    7,
    -1.7,
    [0.08, 190],
    [0.2, 1],
    [0.03, 0],
    0.01,
  ],
  [
    FOOD,
    ['Tea', '茶'],
    ['Oolong Tea', '乌龙茶'],
    { pack: PACKS },
    88,
    4,
    -1.3,
    [0.15, 320],
    [1.2, 0.5],
    [-0.03, 0],
    0.01,
  ],
  [
    LEISURE,
    ['Toys', '玩具'],
    ['Plush Toy', '毛绒玩具'],
    { size: SIZES, age: AGES },
    69,
    4,
    -1.6,
    [0.15, 345],
    [1, 0.7],
    [0, 0.03],
    0.04,
  ],
]

/** The kinds of products that a marketplace is filled with, mixed so that a small one has some of everything. */
export const KINDS: readonly Kind[] = ROWS.map((row) => {
  const [
    department,
    category,
    name,
    attributes,
    price,
    pace,
    elasticity,
    year,
    [gift, shopping],
    [heat, rain],
    returns,
  ] = row
  return { department, category, name, attributes, price, pace, elasticity, year, gift, shopping, heat, rain, returns }
})
