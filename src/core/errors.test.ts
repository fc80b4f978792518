import { expect, test } from 'vitest'
import { CannotForecast, ForetideError, LOCALES, REFUSALS } from './errors.ts'
import { MESSAGES } from './messages/index.ts'

test('every message exists in every language and names the same details', () => {
  // A detail that is a phrase of its own comes in two: {expected}, and {expectedZh} for the Chinese text.
  const details = (text: string) =>
    [...new Set((text.match(/\{\w+\}/g) ?? []).map((d) => d.replace('Zh}', '}')))].sort()
  for (const [code, message] of Object.entries(MESSAGES)) {
    for (const locale of LOCALES) expect(message[locale], `${code} ${locale}`).toMatch(/\S/)
    expect(details(message.zh), code).toEqual(details(message.en))
    expect(message.zh, `${code} is not in Chinese`).toMatch(/[\u4e00-\u9fff]/)
  }
})

test('errors put their details into the text', () => {
  const error = new ForetideError('calendar.date', { value: '31/31/2026' }, { fault: 'badInput' })
  expect(error.message).toBe("'31/31/2026' is not a date. Write dates as 2026-11-22.")
  expect(error.text('zh')).toContain('31/31/2026')
  expect(error.fault).toBe('badInput')
  expect(new CannotForecast('tooShort', { has: 3, needs: 14 }).text('en')).toBe(
    'The series has 3 values; the model needs 14.',
  )
})

test('every refusal is worded', () => {
  for (const reason of REFUSALS) expect(new CannotForecast(reason).text('en')).toMatch(/\w/)
})
