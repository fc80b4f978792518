import { expect, test } from 'vitest'
import { architectureContract } from './architectures.case.ts'
import { ARCHITECTURES } from './architectures.ts'

for (const make of Object.values(ARCHITECTURES)) architectureContract(make)

test.each(Object.entries(ARCHITECTURES))('%s is made again from its name and options', (name, make) => {
  const architecture = make()
  expect(architecture.name).toBe(name)
  const read: object = JSON.parse(JSON.stringify(architecture.options))
  expect(make(read).options).toEqual(architecture.options)
})

test.each(Object.entries(ARCHITECTURES))('%s refuses options that it does not have', (name, make) => {
  expect(() => make({ hiden: 3 })).toThrow(expect.objectContaining({ code: 'neural.option', fault: 'usage' }))
  expect(() => make({ hiden: 3 })).toThrow(new RegExp(`'hiden' of the network '${name}'`))
})
