import type { Message } from '../errors.ts'

export const anomalies = {
  'anomalies.option': {
    en: "The option '{option}' of the search for anomalies cannot be {value}. Give a number from {low} to {high}.",
    zh: '异常检测的选项“{option}”不能是 {value}。请给出 {low} 到 {high} 之间的数。',
  },
} satisfies Record<string, Message>
