import type { Message } from '../errors.ts'

export const tensor = {
  'onnx.broken': {
    en: 'This is not a whole ONNX model: it cannot be read at byte {at}. Export or download it anew.',
    zh: '这不是完整的 ONNX 模型：在第 {at} 字节处无法读取。请重新导出或下载。',
  },
  'onnx.unsupported': {
    en: 'The ONNX model contains {what}, which is not read here. Export it without.',
    zh: '该 ONNX 模型含有此处无法读取的内容（{what}）。请在导出时去掉。',
  },
  'onnx.tensor': {
    en: "The tensor '{tensor}' is of type {type} and {dims}, but holds {has} values or another array. Give as many values as the dimensions say, in the array of the type.",
    zh: '张量“{tensor}”的类型为 {type}、维度为 {dims}，但数据有 {has} 个值或数组类型不符。请按维度和类型提供数据。',
  },
  'onnx.tooLarge': {
    en: 'The model has tensors of {bytes} bytes; an ONNX file holds less than 2 GiB. Train a smaller one.',
    zh: '模型的张量共 {bytes} 字节；ONNX 文件必须小于 2 GiB。请训练更小的模型。',
  },
  'tensor.shape': {
    en: "The operation '{op}' cannot take {given} with {attributes}. Compare the shapes and types of its inputs.",
    zh: '运算“{op}”无法接受 {given}（参数 {attributes}）。请核对其输入的形状和类型。',
  },
  'tensor.graph': {
    en: "The operation '{op}' was given values of another graph. Make all its values from one graph.",
    zh: '运算“{op}”的输入来自另一张计算图。请从同一张图创建所有值。',
  },
  'tensor.twice': {
    en: "The graph has an input '{name}' already. Give the new one another name.",
    zh: '计算图中已有名为“{name}”的输入。请为新的输入另取名称。',
  },
  'tensor.parameter': {
    en: "The parameter '{name}' is {known}; it was asked for again as {asked}. Give layers of other sizes scopes of their own.",
    zh: '参数“{name}”的形状为 {known}，却又以 {asked} 请求。请为不同大小的层使用各自的作用域。',
  },
  'tensor.numbers': {
    en: "The operation '{op}' needs a value of a graph; it was given plain numbers alone. Work those out beforehand.",
    zh: '运算“{op}”需要计算图中的值，却只得到普通数字。请预先算出这些数字。',
  },
  'tensor.inference': {
    en: "The operation '{op}' is for passes that do not learn and has no gradient. Build the network with training true.",
    zh: '运算“{op}”仅用于推理，没有梯度。请以训练模式（training 为 true）构建网络。',
  },
  'training.field': {
    en: "There is no input or label of numbers called '{name}'; there are {known}.",
    zh: '没有名为“{name}”的数值输入或标签；现有 {known}。',
  },
  'training.checkpoint': {
    en: '{path} belongs to a training with other options, another network or another seed. Give this one a folder of its own, or remove that file.',
    zh: '{path} 属于选项、网络或随机种子不同的另一次训练。请为本次训练指定单独的文件夹，或删除该文件。',
  },
  'safetensors.broken': {
    en: '{file} is not a whole safetensors file: {what} cannot be. Write or download it anew.',
    zh: '{file} 不是完整的 safetensors 文件：{what} 无效。请重新写出或下载。',
  },
  'safetensors.shape': {
    en: "The tensor '{name}' is said to be {shape}, but holds {has} numbers. Give as many as the shape says.",
    zh: '张量“{name}”的形状为 {shape}，却有 {has} 个数。请按形状提供数据。',
  },
  'training.weights': {
    en: "The weights hold no '{name}' of {shape}. They belong to another network: make it with the options that it was trained with.",
    zh: '权重中没有形状为 {shape} 的“{name}”。它们属于另一网络：请使用训练时的选项构建网络。',
  },
  'training.lanes': {
    en: 'A batch of {batch} examples cannot be learned from in {lanes} equal parts. Choose a batch that is a multiple.',
    zh: '{batch} 个样本的批次无法等分为 {lanes} 份。请选择其整数倍的批次大小。',
  },
  'training.diverged': {
    en: "'{stage}' came to a loss that is no number at step {step}, with a rate of {rate}. Lower the rate, clip the gradient, or look for infinite values in the data.",
    zh: '“{stage}”在第 {step} 步的损失已不是数值（学习率 {rate}）。请降低学习率、裁剪梯度，或检查数据中的无穷值。',
  },
  'runtime.load': {
    en: 'ONNX Runtime cannot load the model: {why} Export it again, for a version of ONNX that this runtime knows.',
    zh: 'ONNX Runtime 无法加载该模型：{why} 请按该运行时支持的 ONNX 版本重新导出。',
  },
  'runtime.absent': {
    en: "The ONNX Runtime for {platform} has no provider '{provider}'; it has {has}. Choose one of those, or a machine that it is made for: {platforms}.",
    zh: '{platform} 平台的 ONNX Runtime 不含“{provider}”；现有 {has}。请改用其中之一，或换用支持它的平台：{platforms}。',
  },
  'runtime.cuda': {
    en: "The provider 'cuda' does not start: {why} Install its files (onnxruntime-node-install=cuda12 in .npmrc, then npm rebuild onnxruntime-node), the driver of the graphics card, CUDA 12 and cuDNN 9; or choose 'cpu'.",
    zh: '“cuda”无法启动：{why} 请安装其文件（在 .npmrc 中写入 onnxruntime-node-install=cuda12，再运行 npm rebuild onnxruntime-node）以及显卡驱动、CUDA 12 和 cuDNN 9；或改用“cpu”。',
  },
  'runtime.coreml': {
    en: "The provider 'coreml' does not start: {why} It needs macOS 10.15 or newer; or choose 'cpu'.",
    zh: '“coreml”无法启动：{why} 它需要 macOS 10.15 或更高版本；或改用“cpu”。',
  },
  'runtime.directml': {
    en: "The provider 'directml' does not start: {why} It needs a graphics card with DirectX 12 and its newest driver; or choose 'cpu'.",
    zh: '“directml”无法启动：{why} 它需要支持 DirectX 12 的显卡和最新驱动；或改用“cpu”。',
  },
  'runtime.webgpu': {
    en: "The provider 'webgpu' does not start: {why} It needs a graphics card and its driver, on Linux one with Vulkan (libvulkan1); or choose 'cpu'.",
    zh: '“webgpu”无法启动：{why} 它需要显卡及其驱动，在 Linux 上须支持 Vulkan（libvulkan1）；或改用“cpu”。',
  },
  'runtime.input': {
    en: "The input '{name}' is missing. The model needs {needs}.",
    zh: '缺少输入“{name}”。该模型需要 {needs}。',
  },
  'runtime.run': {
    en: 'ONNX Runtime could not run the model: {why} Compare shapes and types of the inputs with those of the model.',
    zh: 'ONNX Runtime 运行模型失败：{why} 请核对输入的形状和类型是否与模型一致。',
  },
  'runtime.disposed': {
    en: 'The model has been disposed of already. Load it again.',
    zh: '该模型已被释放。请重新加载。',
  },
} as const satisfies Record<string, Message>
