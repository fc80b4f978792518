import { parentPort } from 'node:worker_threads'
import { ForetideError } from './errors.ts'
import type { JobMaker, Order, Reply } from './parallel.ts'

let perform: ((job: unknown) => unknown) | undefined

parentPort?.on('message', async (order: Order) => {
  const reply = await answer(order)
  parentPort?.postMessage(reply)
})

async function answer(order: Order): Promise<Reply> {
  try {
    if ('setup' in order) {
      const module = await import(order.setup.module)
      perform = (module[order.setup.fn] as JobMaker<unknown, unknown, unknown>)(order.setup.shared)
      return { result: undefined }
    }
    return { result: await perform?.(order.job) }
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    const coded = error instanceof ForetideError ? error : undefined
    return { error: { message, stack, code: coded?.code, details: coded?.details } }
  }
}
