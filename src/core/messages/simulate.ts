import type { Message } from '../errors.ts'

export const simulate = {
  'simulate.option': {
    en: "The simulator cannot use option '{option}': {problem}. See docs/simulator.md for what each option takes.",
    zh: '模拟器无法使用选项“{option}”：{problem}。各选项的取值见 docs/simulator.zh-CN.md。',
  },
} satisfies Record<string, Message>
