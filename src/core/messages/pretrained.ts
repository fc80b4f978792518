import type { Message } from '../errors.ts'

export const pretrained = {
  'pretrained.broken': {
    en: "{folder} holds no pretrained model that can be read: '{file}' ({problem}). Give a folder that `foretide pretrain` or `foretide finetune` has written.",
    zh: '{folder} 中没有可读取的预训练模型：“{file}”（{problem}）。请给出由 `foretide pretrain` 或 `foretide finetune` 写出的文件夹。',
  },
} satisfies Record<string, Message>
