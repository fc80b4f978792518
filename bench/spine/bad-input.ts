import { CORPUS } from '../../test/bad-input/corpus.ts'
import { judge } from '../../test/bad-input/judge.ts'
import { atMost, type Bench, equals, shown } from '../bench.ts'

/** Reads every malformed file of the corpus: whatever happens must be said clearly, and no good row may be lost. */
const bench: Bench = {
  about: 'malformed files: clear messages, no good row lost, no crash',
  async measure({ smoke, log }) {
    const verdicts = []
    for (const input of smoke ? CORPUS.slice(0, 10) : CORPUS) {
      const verdict = await judge(input)
      if (verdict.faults.length > 0) log(`${verdict.name}: ${verdict.faults.join('; ')}`)
      verdicts.push(verdict)
    }
    const total = verdicts.length
    return [
      shown('malformed files', total, 'files'),
      equals('as expected', verdicts.filter((v) => v.faults.length === 0).length, total, 0, 'files'),
      equals('clear message or loaded', verdicts.filter((v) => v.clear).length, total, 0, 'files'),
      atMost(
        'good rows lost',
        verdicts.reduce((sum, v) => sum + v.goodRowsLost, 0),
        0,
        'rows',
      ),
      atMost('crashes', verdicts.filter((v) => v.crashed).length, 0, 'files'),
      atMost('slowest file', Math.max(...verdicts.map((v) => v.milliseconds)) / 1000, 30, 's'),
    ]
  },
}
export default bench
