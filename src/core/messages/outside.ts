import type { Message } from '../errors.ts'

export const outside = {
  'outside.from': {
    en: "'{from}' is no place of a model: {problem}. Give a folder, an .onnx file, or hub:OWNER/NAME[@REVISION][/path/to/file.onnx].",
    zh: '“{from}”不是模型位置：{problemZh}。请给出文件夹、.onnx 文件，或 hub:所有者/名称[@版本][/路径/文件.onnx]。',
  },
  'outside.absent': {
    en: "There is no model to read at '{path}' ({problem}). Check the path, or export the model there.",
    zh: '“{path}”处没有可读取的模型（{problem}）。请检查路径，或将模型导出到该处。',
  },
  'outside.choose': {
    en: "'{folder}' holds {count} .onnx files ({files}), and none is called model.onnx. Give the path of one.",
    zh: '“{folder}”中有 {count} 个 .onnx 文件（{files}），且没有名为 model.onnx 的文件。请给出其中一个的路径。',
  },
  'outside.notOnnx': {
    en: "'{file}' is no ONNX model: it is {found}. Export or download it anew.",
    zh: '“{file}”不是 ONNX 模型：它是{foundZh}。请重新导出或下载。',
  },
  'outside.external': {
    en: "'{file}' keeps its data in '{location}', which lies outside of its folder. Export it with its data beside it.",
    zh: '“{file}”的数据位于其文件夹之外的“{location}”。请将数据与模型导出到同一文件夹。',
  },
  'outside.layout': {
    en: "The layout in '{file}' will not do: '{option}': {problem}. Correct it, or give `layout` with the model.",
    zh: '“{file}”中的布局无效：“{option}”：{problem}。请更正，或在创建模型时给出 `layout`。',
  },
  'outside.input': {
    en: "'{file}' has no input '{name}' of dimensions [batch, periods]; it has {has}. Name the right one in the layout.",
    zh: '“{file}”没有维度为 [批, 期数] 的输入“{name}”；现有 {has}。请在布局中写明正确的输入。',
  },
  'outside.output': {
    en: "'{file}' has no output '{name}' of dimensions {wanted}; it has {has}. Name the right one in the layout.",
    zh: '“{file}”没有维度为 {wanted} 的输出“{name}”；现有 {has}。请在布局中写明正确的输出。',
  },
  'outside.unfed': {
    en: "'{file}' also wants {names}, which the layout does not tell of. Export it with the past, and a mask of it, as its only inputs.",
    zh: '“{file}”还需要布局未说明的 {names}。请仅以历史序列（及其掩码）作为输入导出。',
  },
  'outside.type': {
    en: "'{name}' of '{file}' is of type {type}; {known} can be used. Export the model with one of those.",
    zh: '“{file}”的“{name}”类型为 {type}；可用的类型为 {known}。请以其中之一导出模型。',
  },
  'outside.dims': {
    en: "'{name}' of '{file}' is {found}; by the layout it should be {wanted}. Correct the levels, the horizon or the axes of the layout.",
    zh: '“{file}”的“{name}”为 {found}；按布局应为 {wanted}。请更正布局中的分位水平、预测步数或轴顺序。',
  },
  'outside.digest': {
    en: "The SHA-256 of '{file}' is {found}; it should be {wanted}. It has been changed or damaged: remove it and fetch it anew, or fit again if the change was meant.",
    zh: '“{file}”的 SHA-256 为 {found}，应为 {wanted}。文件已被更改或损坏：请删除后重新获取；若更改是有意的，请重新拟合。',
  },
  'outside.hub': {
    en: 'FORETIDE_HUB is no address that models can be fetched from. Give one such as https://huggingface.co, without a user or a password; a token belongs into FORETIDE_HUB_TOKEN.',
    zh: 'FORETIDE_HUB 不是可获取模型的地址。请给出形如 https://huggingface.co 的地址，不含用户名或密码；令牌应放在 FORETIDE_HUB_TOKEN 中。',
  },
  'outside.hubAbsent': {
    en: 'There is no {url}. Check owner, name, revision and path; not every model has been exported to ONNX.',
    zh: '{url} 不存在。请检查所有者、名称、版本和路径；并非每个模型都有 ONNX 导出。',
  },
  'outside.hubDenied': {
    en: 'The hub does not hand out {url} (status {status}): it is private, asks for consent, or does not exist. Set FORETIDE_HUB_TOKEN to a token that may read it.',
    zh: '模型中心拒绝提供 {url}（状态 {status}）：它是私有的、需要同意条款，或不存在。请将 FORETIDE_HUB_TOKEN 设为有读取权限的令牌。',
  },
  'outside.hubStatus': {
    en: 'The hub answered {url} with status {status}. Try again later, or set FORETIDE_HUB to a mirror.',
    zh: '模型中心对 {url} 返回状态 {status}。请稍后重试，或将 FORETIDE_HUB 设为镜像。',
  },
  'outside.hubBroken': {
    en: '{url} did not come whole: {done} of {total} bytes ({why}). Try again: it goes on from there where the hub can; or set FORETIDE_HUB to a mirror, or give a local folder.',
    zh: '{url} 未能完整下载：{total} 字节中的 {done} 字节（{why}）。请重试：若模型中心支持，将从中断处继续；也可将 FORETIDE_HUB 设为镜像，或给出本地文件夹。',
  },
} as const satisfies Record<string, Message>
