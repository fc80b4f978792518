import type { Message } from '../errors.ts'

export const neural = {
  'neural.option': {
    en: "The option '{option}' of the network '{network}' will not do: {problem}.",
    zh: '网络“{network}”的选项“{option}”无效：{problem}。',
  },
} satisfies Record<string, Message>
