/** Whether a key may name a Social Security number: `SSN`, `ssn2`, `soc_sec_no`, `Social Security Number`. */
export function speaksOfSsn(key: string): boolean {
  const letters = key
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z]+/g, '');
  return letters.includes('ssn') || letters.includes('socialsec') || letters.includes('socsec');
}
