import type { ServerVersion } from './dialect.ts';

/** Character sets: most bytes per character, and the collation that a set named alone brings. Source: SHOW CHARACTER SET. */
const charsets: Readonly<Record<string, readonly [maxBytes: number, collation: string]>> = {
  armscii8: [1, 'armscii8_general_ci'],
  ascii: [1, 'ascii_general_ci'],
  big5: [2, 'big5_chinese_ci'],
  binary: [1, 'binary'],
  cp1250: [1, 'cp1250_general_ci'],
  cp1251: [1, 'cp1251_general_ci'],
  cp1256: [1, 'cp1256_general_ci'],
  cp1257: [1, 'cp1257_general_ci'],
  cp850: [1, 'cp850_general_ci'],
  cp852: [1, 'cp852_general_ci'],
  cp866: [1, 'cp866_general_ci'],
  cp932: [2, 'cp932_japanese_ci'],
  dec8: [1, 'dec8_swedish_ci'],
  eucjpms: [3, 'eucjpms_japanese_ci'],
  euckr: [2, 'euckr_korean_ci'],
  gb18030: [4, 'gb18030_chinese_ci'],
  gb2312: [2, 'gb2312_chinese_ci'],
  gbk: [2, 'gbk_chinese_ci'],
  geostd8: [1, 'geostd8_general_ci'],
  greek: [1, 'greek_general_ci'],
  hebrew: [1, 'hebrew_general_ci'],
  hp8: [1, 'hp8_english_ci'],
  keybcs2: [1, 'keybcs2_general_ci'],
  koi8r: [1, 'koi8r_general_ci'],
  koi8u: [1, 'koi8u_general_ci'],
  latin1: [1, 'latin1_swedish_ci'],
  latin2: [1, 'latin2_general_ci'],
  latin5: [1, 'latin5_turkish_ci'],
  latin7: [1, 'latin7_general_ci'],
  macce: [1, 'macce_general_ci'],
  macroman: [1, 'macroman_general_ci'],
  sjis: [2, 'sjis_japanese_ci'],
  swe7: [1, 'swe7_swedish_ci'],
  tis620: [1, 'tis620_thai_ci'],
  ucs2: [2, 'ucs2_general_ci'],
  ujis: [3, 'ujis_japanese_ci'],
  utf16: [4, 'utf16_general_ci'],
  utf16le: [4, 'utf16le_general_ci'],
  utf32: [4, 'utf32_general_ci'],
  utf8mb3: [3, 'utf8mb3_general_ci'],
  utf8mb4: [4, 'utf8mb4_general_ci'],
};

export interface CharsetPair {
  readonly charset: string;
  readonly collation: string;
}

/** What a clause says of character set and collation; each may be absent. */
export interface CharsetRequest {
  readonly charset?: string | undefined;
  readonly collation?: string | undefined;
  /** The BINARY attribute. */
  readonly binary?: boolean | undefined;
}

export const maxBytesOf = (charset: string): number => charsets[charset]?.[0] ?? 4;

/** `utf8` has always meant utf8mb3 in the servers' own texts. */
export const canonicalCharset = (name: string): string => {
  const lower = name.toLowerCase();
  return lower === 'utf8' ? 'utf8mb3' : lower;
};
export const canonicalCollation = (name: string): string => name.toLowerCase().replace(/^utf8_/, 'utf8mb3_');

/** Character set of a collation; undefined for MariaDB's collations that go with any Unicode set (`uca1400_ai_ci`). */
export function charsetOfCollation(collation: string): string | undefined {
  const prefix = canonicalCollation(collation).split('_', 1)[0]!;
  return prefix in charsets ? prefix : undefined;
}

export function defaultCollation(
  charset: string,
  server: ServerVersion,
  overrides: ReadonlyMap<string, string>,
): string {
  const override = overrides.get(charset);
  if (override !== undefined) return override;
  if (charset === 'utf8mb4' && server.flavour === 'mysql' && server.version >= 80_001)
    return 'utf8mb4_0900_ai_ci';
  const unicode = ['utf8mb3', 'utf8mb4', 'ucs2', 'utf16', 'utf32'].includes(charset);
  if (unicode && server.flavour === 'mariadb' && server.version >= 110_500) return `${charset}_uca1400_ai_ci`;
  return charsets[charset]?.[1] ?? `${charset}_general_ci`;
}

/** What a clause means under the defaults of what surrounds it. */
export function resolveCharset(
  request: CharsetRequest,
  parent: CharsetPair,
  collationFor: (charset: string) => string,
): CharsetPair {
  const named = request.charset === undefined ? undefined : canonicalCharset(request.charset);
  const base = named === 'default' ? parent.charset : named;
  if (request.collation !== undefined && request.collation.toLowerCase() !== 'default') {
    const collation = canonicalCollation(request.collation);
    const charset = charsetOfCollation(collation);
    if (charset !== undefined) return { charset, collation };
    const context = base ?? parent.charset;
    return { charset: context, collation: `${context}_${collation}` };
  }
  const charset = base ?? parent.charset;
  if (request.binary) return { charset, collation: charset === 'binary' ? 'binary' : `${charset}_bin` };
  if (named === undefined && request.collation === undefined) return parent;
  if (named === 'default') return parent;
  return { charset, collation: collationFor(charset) };
}
