/** A word in both languages. */
export type Word = readonly [en: string, zh: string]

export const COLOURS: readonly Word[] = [
  ['Black', '黑色'],
  ['White', '白色'],
  ['Navy', '藏青色'],
  ['Green', '绿色'],
  ['Red', '红色'],
]
export const SIZES: readonly Word[] = [
  ['Small', '小号'],
  ['Medium', '中号'],
  ['Large', '大号'],
]
export const FIT: readonly Word[] = [
  ['Slim Fit', '修身'],
  ['Regular Fit', '标准版型'],
  ['Relaxed Fit', '宽松'],
]
export const TASTES: readonly Word[] = [
  ['Original', '原味'],
  ['Spicy', '麻辣味'],
  ['Honey', '蜂蜜味'],
  ['Sea Salt', '海盐味'],
]
export const PACKS: readonly Word[] = [
  ['100 g', '100克'],
  ['250 g', '250克'],
  ['500 g', '500克'],
]
export const BOTTLES: readonly Word[] = [
  ['330 ml', '330毫升'],
  ['500 ml', '500毫升'],
  ['1 L', '1升'],
]
export const SKIN: readonly Word[] = [
  ['for Dry Skin', '干性肌肤适用'],
  ['for Oily Skin', '油性肌肤适用'],
  ['for Sensitive Skin', '敏感肌适用'],
]
export const MATERIALS: readonly Word[] = [
  ['Cotton', '纯棉'],
  ['Down', '羽绒'],
  ['Silk', '真丝'],
]
export const METALS: readonly Word[] = [
  ['Stainless Steel', '不锈钢'],
  ['Cast Iron', '铸铁'],
  ['Ceramic', '陶瓷'],
]
export const POWER: readonly Word[] = [
  ['10000 mAh', '10000毫安'],
  ['20000 mAh', '20000毫安'],
]
export const LINKS: readonly Word[] = [
  ['Bluetooth', '蓝牙'],
  ['Noise Cancelling', '降噪'],
  ['Wired', '有线'],
]
export const AGES: readonly Word[] = [
  ['Ages 3+', '3岁以上'],
  ['Ages 6+', '6岁以上'],
]

/** Made-up brands; a marketplace with many products has several lines of each. */
export const BRANDS: readonly Word[] = [
  ['Lanting', '兰亭'],
  ['Northfjord', '北湾'],
  ['Qinghe', '清禾'],
  ['Maple & Co', '枫语'],
  ['Yunxi', '云溪'],
  ['Brightwell', '明井'],
  ['Songhai', '松海'],
  ['Terrano', '泰然'],
  ['Xingye', '星野'],
  ['Oakline', '橡线'],
]

/** Words of praise for descriptions. */
export const PRAISE: readonly Word[] = [
  ['chosen with care for everyday use', '精心挑选，日常之选'],
  ['a customer favourite, well made and long lasting', '口碑之选，做工扎实，经久耐用'],
  ['the value choice of its kind', '同类中的高性价比之选'],
  ['newly improved this season', '本季全新升级'],
]
