#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// Keeps what Node makes of the sources, so that every start after the first is faster.
enableCompileCache()
const { main } = await import('../dist/serve/cli.js')
process.exitCode = await main(process.argv.slice(2))
