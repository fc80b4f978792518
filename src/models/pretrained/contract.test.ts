import { modelContract } from '../contract.case.ts'
import { swellModel } from './model.ts'

const notConstant = 'a network shared by series of all kinds keeps none of them exactly'

modelContract(() => swellModel('swell'), { notConstant })
modelContract(() => swellModel('swell-finetuned', { finetune: { steps: 20, batch: 16, rate: 1e-4 } }), { notConstant })
