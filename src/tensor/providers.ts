import { InferenceSession, listSupportedBackends } from 'onnxruntime-node'
import { ForetideError } from '../core/errors.ts'
import { writeModel } from './onnx/write.ts'

/** What a model can run on: the processor, or an accelerator by way of the interface that ONNX Runtime knows it by. */
export type Provider = 'cpu' | 'cuda' | 'coreml' | 'directml' | 'webgpu'

/** What ONNX Runtime calls a provider, and the platforms that its releases have it on. */
const KNOWN: { readonly [P in Provider]: { readonly name: string; readonly platforms: string } } = {
  cpu: { name: 'cpu', platforms: '*' },
  cuda: { name: 'cuda', platforms: 'linux/x64' },
  coreml: { name: 'coreml', platforms: 'darwin/arm64' },
  directml: { name: 'dml', platforms: 'win32/x64, win32/arm64' },
  webgpu: { name: 'webgpu', platforms: 'win32/x64, win32/arm64, linux/x64, darwin/arm64' },
}

/** Providers by the names that ONNX Runtime has for them. */
export const providerNames = (providers: readonly Provider[]): string[] =>
  providers.map((provider) => KNOWN[provider].name)

/** Refuses providers that the installed runtime was built without; it would leave them out silently. */
export function demandProviders(providers: readonly Provider[]): void {
  const has = listSupportedBackends().map(({ name }) => name)
  for (const provider of providers)
    if (!has.includes(KNOWN[provider].name))
      throw new ForetideError('runtime.absent', {
        provider,
        platform: `${process.platform}/${process.arch}`,
        has: has.join(', '),
        platforms: KNOWN[provider].platforms,
      })
}

/** Why the first of some providers that does not even start with the smallest of models does not; undefined where all do. */
export async function refusedProvider(providers: readonly Provider[]): Promise<ForetideError | undefined> {
  for (const provider of providers) {
    if (provider === 'cpu') continue
    try {
      const tried = await InferenceSession.create(smallest(), {
        executionProviders: providerNames([provider]),
        logSeverityLevel: 4,
      })
      await tried.release()
    } catch (cause) {
      return new ForetideError(`runtime.${provider}`, { why: (cause as Error).message }, { cause })
    }
  }
  return undefined
}

const smallest = () =>
  writeModel({
    irVersion: 10,
    opsets: { '': 21 },
    graph: {
      name: 'same',
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
      inputs: [{ name: 'x', type: 'float32', dims: [1] }],
      outputs: [{ name: 'y', type: 'float32', dims: [1] }],
    },
  })
