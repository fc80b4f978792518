import type { Message } from '../errors.ts'

export const ets = {
  'ets.alpha': {
    en: 'A smoothing weight must be above 0 and at most 1; got {alpha}.',
    zh: '平滑系数必须大于 0 且不超过 1；得到的是 {alpha}。',
  },
  'ets.form': {
    en: "'{form}' is no ETS form. Write error, trend and season as three letters, such as ZZZ, AAN or MAM (A additive, M multiplicative, N none, Z chosen).",
    zh: '“{form}”不是 ETS 形式。请用三个字母写出误差、趋势和季节，例如 ZZZ、AAN 或 MAM（A 加法，M 乘法，N 无，Z 自动选择）。',
  },
} satisfies Record<string, Message>
