import type { Message } from '../errors.ts'

export const store = {
  'workspace.locked': {
    en: 'Another process ({pid}) is writing to the workspace {path}. Wait for it to end, or use another --workspace.',
    zh: '另一个进程（{pid}）正在写入工作区 {path}。请等待其结束，或使用另一个 --workspace。',
  },
  'workspace.folder': {
    en: "'{path}' cannot be a workspace: no folder can be made there ({why}). Name another with --workspace.",
    zh: '“{path}”不能作为工作区：无法在该处创建文件夹（{why}）。请用 --workspace 指定其他位置。',
  },
  'workspace.manifest': {
    en: '{path} is not a manifest that this version can read. Use another --workspace, or remove that folder and import again.',
    zh: '{path} 不是本版本可读取的清单。请使用另一个 --workspace，或删除该文件夹后重新导入。',
  },
  'import.noSales': {
    en: 'None of the files is a table of sales. Say which one is: foretide import FILE --as sales',
    zh: '文件中没有销售表。请指明：foretide import FILE --as sales',
  },
  'import.noRows': {
    en: 'The sales hold no usable row. See what was set aside: {quarantine}',
    zh: '销售数据中没有可用的行。被隔离的行见：{quarantine}',
  },
  'import.keys': {
    en: 'These sales are identified by {now}, those in the workspace by {before}. Give the same --id, or use another --workspace.',
    zh: '这些销售数据以 {now} 标识，而工作区中的以 {before} 标识。请给出相同的 --id，或使用另一个 --workspace。',
  },
  'import.frequencyChanged': {
    en: 'These sales are one value a {now}, those in the workspace one a {before}. State it with --freq {before}, or use another --workspace.',
    zh: '这些销售数据的频率为 {now}，而工作区中的为 {before}。请用 --freq {before} 指明，或使用另一个 --workspace。',
  },
  'import.frequency': {
    en: 'Read as one value a {unit} (usual in {series} of {total} series). Another: --freq hour|day|week|month|quarter|year',
    zh: '按每{unit}一个值读取（{total} 个序列中有 {series} 个如此）。可更改：--freq hour|day|week|month|quarter|year',
  },
  'import.unmatched': {
    en: 'The table of {kind} shares no column with {keys} that identify the sales, and is left out.',
    zh: '{kind} 表与标识销售数据的 {keys} 没有共同的列，已忽略。',
  },
} satisfies Record<string, Message>
