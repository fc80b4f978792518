import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderCheck } from '../../src/report/check-page.ts'
import { renderReport } from '../../src/report/render.ts'
import { sampleCheck, sampleReport } from './sample.ts'

const BROWSER = process.env.FORETIDE_CHROMIUM ?? '/usr/bin/chromium'
const ARGS =
  `--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update
  --disable-sync`.split(/\s+/)
const HOSTILE = `<script>alert(1)</script></script><img src=x onerror=alert(2)>"'&amp;`
const CHINESE = /[\u4e00-\u9fff]/

describe.skipIf(!existsSync(BROWSER))(
  `pages in a browser (skipped where there is no ${BROWSER}; set FORETIDE_CHROMIUM)`,
  () => {
    let browser: Browser
    let folder: string
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'foretide-pages-'))
      browser = await chromium.launch({ executablePath: BROWSER, headless: true, args: ARGS })
    })
    afterAll(async () => {
      await browser?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    /** Opens a page from a file with the network cut off, and sees to it that it asks for nothing and complains of nothing. */
    async function opened(
      html: string,
      options: BrowserContextOptions,
      look: (page: Page) => Promise<void>,
    ): Promise<void> {
      const file = join(folder, 'page.html')
      writeFileSync(file, html)
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true, ...options })
      try {
        const page = await context.newPage()
        const trouble: string[] = []
        page.on('console', (said) => trouble.push(`${said.type()}: ${said.text()}`))
        page.on('pageerror', (error) => trouble.push(error.message))
        page.on('dialog', (dialog) => {
          trouble.push(`dialog: ${dialog.message()}`)
          void dialog.dismiss()
        })
        page.on('request', (request) => {
          if (!/^(file|data|blob):/.test(request.url())) trouble.push(`request: ${request.url()}`)
        })
        page.on('requestfailed', (request) => trouble.push(`failed: ${request.url()}`))
        await page.goto(pathToFileURL(file).href)
        await look(page)
        expect(trouble).toEqual([])
      } finally {
        await context.close()
      }
    }

    /** For each chart, how many different colours are drawn in it. */
    const colours = (page: Page): Promise<Record<string, number>> =>
      page.evaluate(`Object.fromEntries([...document.querySelectorAll('.chart')].map((chart) => {
      const canvas = chart.querySelector('canvas')
      if (!canvas) return [chart.id, 0]
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })
      copy.drawImage(canvas, 0, 0)
      const pixels = new Uint32Array(copy.getImageData(0, 0, canvas.width, canvas.height).data.buffer)
      return [chart.id, new Set(pixels).size]
    }))`)
    const picture = (page: Page, id: string): Promise<string> =>
      page.evaluate(`document.querySelector('#${id} canvas').toDataURL()`)
    const texts = (page: Page, selector: string) => page.locator(selector).allTextContents()
    /** How far the page is wider than the window. */
    const overflow = (page: Page): Promise<number> =>
      page.evaluate(
        'Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - document.documentElement.clientWidth',
      )

    const PAGES = {
      report: { of: (hostile?: string) => renderReport(sampleReport(hostile), 'en'), heading: ['At a glance', '概览'] },
      check: {
        of: (hostile?: string) => renderCheck(sampleCheck(hostile), 'en'),
        heading: ['Data quality', '数据质量'],
      },
    } as const

    test.each(['report', 'check'] as const)(
      'the %s draws every chart without a network, in the light and in the dark',
      async (name) => {
        const seen: string[] = []
        for (const colorScheme of ['light', 'dark'] as const)
          await opened(PAGES[name].of(), { colorScheme }, async (page) => {
            for (const [chart, count] of Object.entries(await colours(page)))
              expect([chart, count > 8]).toEqual([chart, true])
            expect(Object.keys(await colours(page)).length).toBeGreaterThan(3)
            seen.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'))
            expect(await overflow(page)).toBeLessThanOrEqual(0)
          })
        expect(seen[0]).toBe('rgb(246, 248, 251)')
        expect(seen[1]).toBe('rgb(16, 21, 28)')
      },
    )

    test.each(['report', 'check'] as const)('the %s speaks Chinese and English by turns', async (name) => {
      const { of, heading } = PAGES[name]
      await opened(of(), {}, async (page) => {
        const english = await texts(page, 'h2')
        expect(english[0]).toBe(heading[0])
        await page.click('#lang')
        expect((await texts(page, 'h2'))[0]).toBe(heading[1])
        for (const text of await texts(page, 'h2, [data-t]:not(#lang), .tile .k, th:not(:empty)'))
          expect(/^[A-Z]+$/.test(text) || CHINESE.test(text) ? '' : text).toBe('')
        expect(await page.getAttribute('html', 'lang')).toBe('zh-CN')
        await page.click('#lang')
        expect(await texts(page, 'h2')).toEqual(english)
      })
    })

    test.each(['report', 'check'] as const)('names that are markup stay text on the %s', async (name) => {
      await opened(PAGES[name].of(HOSTILE), {}, async (page) => {
        expect(await page.locator('img, main script').count()).toBe(0)
        expect((await texts(page, 'body')).join()).toContain(HOSTILE)
        expect(Math.min(...Object.values(await colours(page)))).toBeGreaterThan(8)
        // Hovering brings the tooltips, which are markup, with the names in them.
        for (const chart of await page.locator('.chart').all()) {
          await chart.scrollIntoViewIfNeeded()
          const box = await chart.boundingBox()
          if (!box) throw new Error('a chart without a place')
          for (const share of [0.4, 0.6, 0.95])
            await page.mouse.move(box.x + share * box.width, box.y + 0.45 * box.height)
        }
        expect(await page.locator('img').count()).toBe(0)
      })
    })

    test.each(['report', 'check'] as const)('the %s fits a telephone', async (name) => {
      const options = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
      for (const hostile of ['', ` ${'long'.repeat(30)}`])
        await opened(PAGES[name].of(hostile), options, async (page) => {
          expect(await page.evaluate('innerWidth')).toBe(390)
          expect(await overflow(page)).toBeLessThanOrEqual(0)
          const wide = await page.evaluate(
            `[...document.querySelectorAll('.chart')].filter((c) => c.clientWidth > 366 || c.clientWidth < 250).length`,
          )
          expect(wide).toBe(0)
        })
    })

    test('products are found by name and by list, and choosing one draws its fan', async () => {
      const data = sampleReport()
      await opened(PAGES.report.of(), {}, async (page) => {
        const listed = () => texts(page, '#list .n')
        expect(await listed()).toEqual(data.series.map((s) => s.title))
        await page.fill('#find', 'TEA')
        expect(await listed()).toEqual(['Oolong tea 乌龙茶', 'Green tea'])
        await page.fill('#find', 'item-3')
        expect(await listed()).toEqual(['Mug'])
        await page.fill('#find', '')
        await page.click('#groups button:has-text("Rising")')
        expect(await listed()).toEqual(data.series.filter((s) => s.groups.includes('rising')).map((s) => s.title))
        await page.click('#groups button:has-text("No answer")')
        expect(await listed()).toEqual(['Biscuits'])

        const before = await picture(page, 'fan')
        await page.click('#list button')
        expect(await picture(page, 'fan')).not.toBe(before)
        expect(await texts(page, '#fan-title')).toEqual(['Biscuits · S1/item-7'])
        expect((await texts(page, '#fan-why')).join()).toContain('The series has no observed value.')
        await page.click('#lang')
        expect((await texts(page, '#fan-why')).join()).toContain('该序列没有任何观测值')
      })
    })

    test('the leaderboard says what was chosen and what failed, and numbers stand on the tiles', async () => {
      await opened(PAGES.report.of(), {}, async (page) => {
        expect(await texts(page, 'tr.chosen td')).toEqual([
          'ensemblechosen',
          '0.200',
          '25.0 %',
          '0.800',
          '0.0 %',
          '80.0 %',
          '100 %',
          '3.2',
        ])
        expect((await texts(page, '.tag.bad')).length).toBe(1)
        expect((await texts(page, '.tile')).join()).toContain('ideal: 80 %')
        expect(await texts(page, '#findings td.text')).toContain('row set aside')
      })
    })
  },
)
