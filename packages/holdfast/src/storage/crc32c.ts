/**
 * CRC-32C (Castagnoli), the checksum of every stored value (P15).
 *
 * Owns: the tables and the one function. Does not own: what is summed and in which order; that is the business of
 * whoever binds a value to its key.
 */

/** The Castagnoli polynomial, bit-reversed. */
const POLYNOMIAL = 0x82f63b78;

/** Tables 0 to 7, one after another: table k advances a byte by k further bytes, so that eight bytes take one round. */
const TABLES: Uint32Array = buildTables();

function buildTables(): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let index = 256; index < tables.length; index++) {
    const previous = at(tables, index - 256);
    tables[index] = (previous >>> 8) ^ at(tables, previous & 0xff);
  }
  return tables;
}

/** An element that is known to exist: every index below is masked or counted within the bounds. */
function at(array: Uint32Array | Uint8Array, index: number): number {
  return array[index] as number;
}

/**
 * The CRC-32C of `bytes`, or of those before `end`, as an unsigned number. To sum several chunks as if they were one, pass the sum so far as
 * `seed`: `crc32c(b, crc32c(a))` equals the sum of `a` followed by `b`.
 */
export function crc32c(bytes: Uint8Array, seed = 0, end: number = bytes.length): number {
  const tables = TABLES;
  let crc = ~seed;
  let offset = 0;
  for (const last = end - 8; offset <= last; offset += 8) {
    const low =
      crc ^
      (at(bytes, offset) |
        (at(bytes, offset + 1) << 8) |
        (at(bytes, offset + 2) << 16) |
        (at(bytes, offset + 3) << 24));
    crc =
      at(tables, 0x700 | (low & 0xff)) ^
      at(tables, 0x600 | ((low >>> 8) & 0xff)) ^
      at(tables, 0x500 | ((low >>> 16) & 0xff)) ^
      at(tables, 0x400 | (low >>> 24)) ^
      at(tables, 0x300 | at(bytes, offset + 4)) ^
      at(tables, 0x200 | at(bytes, offset + 5)) ^
      at(tables, 0x100 | at(bytes, offset + 6)) ^
      at(tables, at(bytes, offset + 7));
  }
  for (; offset < end; offset++) crc = (crc >>> 8) ^ at(tables, (crc ^ at(bytes, offset)) & 0xff);
  return ~crc >>> 0;
}
