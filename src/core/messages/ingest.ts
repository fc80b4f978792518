import type { Message } from '../errors.ts'

export const ingest = {
  'ingest.nothing': {
    en: 'There is nothing to read. Name one file or database at least.',
    zh: '没有可读取的内容。请至少给出一个文件或数据库。',
  },
  'ingest.missing': { en: "There is no file '{file}'. Check the path.", zh: '找不到文件“{file}”。请检查路径。' },
  'ingest.noMatch': {
    en: "No file matches '{pattern}'. Check the folder and the pattern.",
    zh: '没有文件符合“{pattern}”。请检查文件夹和通配符。',
  },
  'ingest.directory': {
    en: "'{file}' is a folder. Name its files, for example '{file}/*.csv'.",
    zh: '“{file}”是文件夹。请给出其中的文件，例如“{file}/*.csv”。',
  },
  'ingest.unreadable': {
    en: "'{file}' cannot be read ({why}). Check that it is whole and that you may read it.",
    zh: '无法读取“{file}”（{why}）。请检查文件是否完整，以及是否有读取权限。',
  },
  'ingest.empty': { en: "'{file}' is empty. Export it again.", zh: '“{file}”是空文件。请重新导出。' },
  'ingest.binary': {
    en: "'{file}' is not a text file and no format that can be read. Give CSV, JSON, Parquet, SQLite or DuckDB.",
    zh: '“{file}”不是文本文件，也不是可读取的格式。请提供 CSV、JSON、Parquet、SQLite 或 DuckDB 文件。',
  },
  'ingest.foreign': {
    en: "'{file}' is a {format} file, whatever its name says. Save the table as CSV (UTF-8) or Parquet and read that.",
    zh: '“{file}”的内容是 {format} 格式，与文件名无关。请将表格另存为 CSV（UTF-8）或 Parquet 再读取。',
  },
  'ingest.corrupt': {
    en: "'{file}' is no whole {format} file: it is damaged, cut off, or misnamed. Export or copy it again.",
    zh: '“{file}”不是完整的 {format} 文件：可能已损坏、被截断或扩展名有误。请重新导出或复制。',
  },
  'ingest.tooWide': {
    en: "'{file}' has {columns} columns and they are neither dates nor series. Give one row a series and date instead.",
    zh: '“{file}”有 {columns} 列，且列名既不是日期也不是序列。请改为每个序列每个日期一行。',
  },
  'ingest.notRecords': {
    en: "'{file}' holds no records. Write a JSON array of objects, or one object a line.",
    zh: '“{file}”中没有记录。请写成对象的 JSON 数组，或每行一个对象。',
  },
  'ingest.encodingUnknown': {
    en: "Unknown encoding '{encoding}'. Use a name such as utf-8, gb18030 or windows-1252.",
    zh: '未知的编码“{encoding}”。请使用 utf-8、gb18030 或 windows-1252 等名称。',
  },
  'ingest.url': { en: "'{url}' is no valid address.", zh: '“{url}”不是有效的地址。' },
  'ingest.scheme': {
    en: "Addresses of the kind '{scheme}' cannot be read. Use postgres:// or mysql://, or a file.",
    zh: '无法读取“{scheme}”类型的地址。请使用 postgres://、mysql:// 或文件。',
  },
  'ingest.noTable': {
    en: "'{file}' does not say what to read. Add ?table=sales or ?query=SELECT….",
    zh: '“{file}”没有说明要读取什么。请加上 ?table=sales 或 ?query=SELECT…。',
  },
  'ingest.noTables': { en: "'{file}' has no tables.", zh: '“{file}”中没有任何表。' },
  'ingest.tableMissing': {
    en: "'{file}' has no table '{table}'. It has: {tables}.",
    zh: '“{file}”中没有表“{table}”。现有的表：{tables}。',
  },
  'ingest.database': {
    en: "Reading from '{file}' failed: {why}. Check address, rights and the table or query.",
    zh: '从“{file}”读取失败：{why}。请检查地址、权限以及表名或查询语句。',
  },
  'ingest.quarantine': {
    en: "The rejected rows could not be written to '{path}': {why}. Name a folder that can be written to.",
    zh: '无法将被拒绝的行写入“{path}”：{why}。请指定可写的文件夹。',
  },
  'ingest.noColumn': {
    en: "{file}: there is no column '{column}', which {flag} names. Columns: {columns}.",
    zh: '{file}：没有 {flag} 所指定的列“{column}”。现有列：{columns}。',
  },
  'ingest.noDate': {
    en: '{file}: no column of dates was recognised among: {columns}. Name it with --date.',
    zh: '{file}：在以下列中未识别出日期列：{columns}。请用 --date 指定。',
  },
  'ingest.noTarget': {
    en: '{file}: no column of units sold was recognised among: {columns}. Name it with --target, or state the kind of table with --as.',
    zh: '{file}：在以下列中未识别出销量列：{columns}。请用 --target 指定，或用 --as 说明表的类型。',
  },
  'ingest.noKey': {
    en: '{file}: no column that names the product was recognised among: {columns}. Name it with --id.',
    zh: '{file}：在以下列中未识别出商品列：{columns}。请用 --id 指定。',
  },
  'ingest.noDates': {
    en: "Column '{column}' holds no dates that can be read, such as '{value}'. Write 2026-11-22, name another column with --date, or say how periods are counted.",
    zh: '列“{column}”中没有可识别的日期，例如“{value}”。请写成 2026-11-22，用 --date 指定其他列，或说明周期的计数方式。',
  },
  'ingest.notWide': {
    en: '{file} cannot be read as wide: it needs a column of dates beside one column a series, or columns named by dates. Columns: {columns}.',
    zh: '{file} 无法按宽表读取：需要一列日期加每个序列一列，或以日期为列名。现有列：{columns}。',
  },
  'ingest.row.columns': {
    en: 'Row {row} of {file} has {has} cells instead of {wants}. Quote cells that hold the separator.',
    zh: '{file} 第 {row} 行有 {has} 个单元格，应为 {wants} 个。含分隔符的单元格请加引号。',
  },
  'ingest.row.quote': {
    en: 'Row {row} of {file} has a quote that is not properly closed. Double quotes within quoted cells.',
    zh: '{file} 第 {row} 行的引号没有正确闭合。引号内的引号请写两次。',
  },
  'ingest.row.bytes': {
    en: 'Row {row} of {file} holds bytes that are no text. Export the file as UTF-8.',
    zh: '{file} 第 {row} 行含有无法解码的字节。请以 UTF-8 导出文件。',
  },
  'ingest.row.long': {
    en: 'Row {row} of {file} is longer than 4 million characters. Check for a missing line end.',
    zh: '{file} 第 {row} 行超过 400 万个字符。请检查是否缺少换行。',
  },
  'ingest.row.json': {
    en: 'Record {row} of {file} is no valid JSON object. Correct it.',
    zh: '{file} 第 {row} 条记录不是有效的 JSON 对象。请更正。',
  },
  'ingest.row.key': {
    en: "Row {row} of {file} has no usable '{column}'. Fill it in.",
    zh: '{file} 第 {row} 行没有可用的“{column}”。请填写。',
  },
  'ingest.row.dateMissing': {
    en: "Row {row} of {file} has no date in '{column}'. Fill it in.",
    zh: '{file} 第 {row} 行的“{column}”没有日期。请填写。',
  },
  'ingest.row.date': {
    en: "Row {row} of {file}: '{value}' in '{column}' is not a date. Write 2026-11-22.",
    zh: '{file} 第 {row} 行：“{column}”中的“{value}”不是日期。请写成 2026-11-22。',
  },
  'ingest.row.dateRange': {
    en: "Row {row} of {file}: '{value}' in '{column}' lies outside the years 1900 to 2100. Correct it.",
    zh: '{file} 第 {row} 行：“{column}”中的“{value}”不在 1900 至 2100 年之间。请更正。',
  },
  'ingest.row.number': {
    en: "Row {row} of {file}: '{value}' in '{column}' is not a number. Write 1234.5.",
    zh: '{file} 第 {row} 行：“{column}”中的“{value}”不是数字。请写成 1234.5。',
  },
  'ingest.guessedKind': {
    en: "{file} was taken for a table of kind '{kind}'. Say otherwise with --as.",
    zh: '{file} 被识别为“{kind}”类型的表。如有误，请用 --as 指定。',
  },
  'ingest.guessedColumns': {
    en: '{file}: {kind} by {keys}, date in {date}, units in {target}. Otherwise: --as, --id, --date, --target.',
    zh: '{file}：{kind} 表，按 {keys}，日期 {date}，销量 {target}。如有误：--as、--id、--date、--target。',
  },
  'ingest.oneSeries': {
    en: '{file} has no column that names products, so it is one series. Name the columns with --id if it holds several.',
    zh: '{file} 没有标识商品的列，因此视为单个序列。如包含多个序列，请用 --id 指定列。',
  },
  'ingest.transactions': {
    en: '{file} holds single transactions; they are summed into periods.',
    zh: '{file} 包含逐笔交易；将按周期汇总。',
  },
  'ingest.wideSeries': {
    en: '{file} was read as wide: {count} columns are series. Say otherwise with --no-wide.',
    zh: '{file} 按宽表读取：{count} 列各为一个序列。如有误，请使用 --no-wide。',
  },
  'ingest.wideDates': {
    en: '{file} was read as wide: {count} columns are dates. Say otherwise with --no-wide.',
    zh: '{file} 按宽表读取：{count} 列各为一个日期。如有误，请使用 --no-wide。',
  },
  'ingest.datesAmbiguous': {
    en: "Dates in '{column}' could be day/month or month/day; they were read as {order}. Say otherwise with --no-day-first.",
    zh: '“{column}”中的日期可能是日/月或月/日；已按 {order} 读取。如有误，请使用 --no-day-first。',
  },
  'ingest.datesMixed': {
    en: "Dates in '{column}' are written both day/month and month/day; they were read as {order} and the impossible ones rejected. State the order with --day-first or --no-day-first.",
    zh: '“{column}”中的日期混用了日/月和月/日；已按 {order} 读取，不成立的被拒绝。请用 --day-first 或 --no-day-first 说明。',
  },
  'ingest.offset': {
    en: "Time stamps in '{column}' carry the offset {offset}; they were kept on that wall clock. State another zone with --zone.",
    zh: '“{column}”中的时间带有时差 {offset}；已保留其当地时间。如需其他时区，请用 --zone 指定。',
  },
  'ingest.numberAmbiguous': {
    en: "Numbers in '{column}' such as 1,234 have two readings; '{decimal}' was taken for the decimal sign. State it with --decimal.",
    zh: '“{column}”中形如 1,234 的数字有两种读法；已将“{decimal}”视为小数点。请用 --decimal 说明。',
  },
  'ingest.encoding': {
    en: '{file} is not UTF-8; it was read as {encoding}. Say otherwise with --encoding.',
    zh: '{file} 不是 UTF-8 编码；已按 {encoding} 读取。如有误，请用 --encoding 指定。',
  },
  'ingest.truncated': {
    en: '{file} is cut off: its packed data ends too early. The {rows} rows before that were read. Copy the file again.',
    zh: '{file} 不完整：压缩数据提前结束。已读取之前的 {rows} 行。请重新复制文件。',
  },
  'ingest.repeatedHeader': {
    en: '{file} has columns of the same name ({columns}); the later ones were numbered.',
    zh: '{file} 中有同名的列（{columns}）；后面的列已编号。',
  },
  'ingest.unnamedHeader': {
    en: '{file} has {count} columns without a name; they were named by their place, such as column3.',
    zh: '{file} 有 {count} 列没有名称；已按位置命名，例如 column3。',
  },
  'ingest.headless': {
    en: '{file} has no header; its columns were named {columns}.',
    zh: '{file} 没有表头；列已命名为 {columns}。',
  },
  'ingest.preamble': {
    en: '{file} has {count} lines above its header; they were passed over.',
    zh: '{file} 的表头上方有 {count} 行；已跳过。',
  },
} satisfies Record<string, Message>
