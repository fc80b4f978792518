import type { Message } from '../errors.ts'

export const pretrained = {
  'pretrained.broken': {
    en: "{folder} holds no pretrained model that can be read: '{file}' ({problem}). Give a folder that `foretide pretrain` or `foretide finetune` has written.",
    zh: '{folder} 中没有可读取的预训练模型：“{file}”（{problem}）。请给出由 `foretide pretrain` 或 `foretide finetune` 写出的文件夹。',
  },
  'pretrained.none': {
    en: "There is no model '{name}' in {workspace}. Learn it first: foretide finetune --out {name} (or foretide pretrain --out {name}).",
    zh: '{workspace} 中没有模型“{name}”。请先学习：foretide finetune --out {name}（或 foretide pretrain --out {name}）。',
  },
  'pretrained.name': {
    en: "'{name}' will not do as the name of a model. Give letters, digits, '.', '_' and '-', at most 64, not 'tuned', 'demand' or 'coherent'.",
    zh: '“{name}”不能用作模型名称。请使用字母、数字、“.”、“_”和“-”，至多 64 个，且不能是“tuned”“demand”“coherent”。',
  },
} satisfies Record<string, Message>
