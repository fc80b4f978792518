#!/usr/bin/env node
import { main } from '../dist/serve/cli.js'

process.exitCode = await main(process.argv.slice(2))
