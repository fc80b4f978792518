import { expect, test } from 'vitest'
import { ELEMENTS, type ElementType, type Tensor } from './onnx/model.ts'
import { writeModel } from './onnx/write.ts'
import { session } from './runtime.ts'

const bytesOf = (type: ElementType, op = 'Identity') =>
  writeModel({
    irVersion: 10,
    opsets: { '': 21 },
    graph: {
      name: 'same',
      nodes: [{ op, inputs: ['x'], outputs: ['y'] }],
      inputs: [{ name: 'x', type, dims: ['n'] }],
      outputs: [{ name: 'y', type, dims: ['n'] }],
    },
  })

test('tensors of every type go through ONNX Runtime unchanged', async () => {
  for (const type of Object.keys(ELEMENTS) as ElementType[]) {
    const { array } = ELEMENTS[type]
    const data = array ? new array(Uint8Array.from({ length: 16 }, (_, i) => i % 2).buffer) : ['a', '东京']
    const x = { type, dims: [data.length], data } as Tensor
    const model = await session(bytesOf(type), { threads: 1 })
    expect(model).toMatchObject({ inputs: ['x'], outputs: ['y'] })
    expect(await model.run({ x })).toEqual({ y: x })
    await model.dispose()
  }
})

test('wrong models, inputs and uses are refused with a code', async () => {
  await expect(session(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'runtime.load' })
  await expect(session(bytesOf('float32', 'NoSuchOperator'))).rejects.toMatchObject({ code: 'runtime.load' })
  const model = await session(bytesOf('float32'), { threads: 1 })
  const x: Tensor = { type: 'float64', dims: [1], data: Float64Array.of(1) }
  await expect(model.run({})).rejects.toMatchObject({ code: 'runtime.input', details: { name: 'x', needs: 'x' } })
  await expect(model.run({ x })).rejects.toMatchObject({ code: 'runtime.run' })
  await model.dispose()
  await model.dispose()
  await expect(model.run({ x })).rejects.toMatchObject({ code: 'runtime.disposed' })
})

test('a prepared run reads what its arrays hold by then and writes in place, on shared memory too', async () => {
  const model = await session(bytesOf('float32', 'Neg'), { threads: 1 })
  const x = new Float32Array(new SharedArrayBuffer(16)).fill(3)
  const y = new Float32Array(new SharedArrayBuffer(24)).subarray(2)
  const tensor = (data: Float32Array): Tensor => ({ type: 'float32', dims: [4], data })
  const through = model.prepare({ x: tensor(x) }, { y: tensor(y) })
  await through()
  expect([...y]).toEqual([-3, -3, -3, -3])
  x[1] = 8
  await through()
  expect([...y]).toEqual([-3, -8, -3, -3])
  expect(() => model.prepare({}, { y: tensor(y) })).toThrow(/'x' is missing/)
  const short = model.prepare({ x: tensor(x) }, { y: { type: 'float32', dims: [3], data: new Float32Array(3) } })
  await expect(short()).rejects.toMatchObject({ code: 'runtime.run' })
  await model.dispose()
  await expect(through()).rejects.toMatchObject({ code: 'runtime.disposed' })
})
