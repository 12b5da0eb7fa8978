// ASVS 5.0, 1.2.10: = + - @ tab NUL; csv-stringify's escape_formulas adds CR and what spreadsheets read as = + - @.
const BEGINS_FORMULA = /^[=+\-@\t\r\0\uff1d\uff0b\uff0d\uff20]/;

/** A text as a cell that no spreadsheet takes for a formula: a single quote before what would begin one. */
export const escapeFormula = (text: string): string => (BEGINS_FORMULA.test(text) ? `'${text}` : text);
