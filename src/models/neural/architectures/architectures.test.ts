import { architectureContract } from './architectures.case.ts'
import { ARCHITECTURES } from './architectures.ts'

for (const make of Object.values(ARCHITECTURES)) architectureContract(make)
