import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killRuns } from '../../test/cli/kill.ts'
import { atMost, type Bench, equals, shown } from '../bench.ts'

/** Kills `foretide run` with SIGKILL at moments spread evenly over a whole run; whatever is left must open and run again. */
const bench: Bench = {
  about: 'kill -9 at 100 random moments of run: the workspace opens and the rerun succeeds',
  async measure({ smoke, log }) {
    const times = smoke ? 3 : 100
    const folder = mkdtempSync(join(tmpdir(), 'foretide-kill-'))
    try {
      const { kills, before, after, seconds, broken, failed } = await killRuns(times, folder, log)
      for (const fault of [...broken, ...failed]) log(fault)
      return [
        equals('kills done', kills, times, 0, 'kills'),
        shown('of them before the data was in', before, 'kills'),
        shown('of them after', after, 'kills'),
        atMost('workspaces that did not open', broken.length, 0, ''),
        atMost('reruns that failed', failed.length, 0, ''),
        shown('a run that nobody kills', seconds, 's'),
      ]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
export default bench
