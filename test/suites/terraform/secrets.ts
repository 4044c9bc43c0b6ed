import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const LOCAL_HEADER = 0x04034b50;

/** Every file under a folder with its content; of an archive, as a saved plan is, also what it holds. */
export function* filesOf(folder: string): Generator<[string, string]> {
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = fs.readFileSync(file);
    yield [file, content.toString('latin1')];
    if (content.length > 4 && content.readUInt32LE(0) === LOCAL_HEADER) {
      for (const [name, text] of archived(content)) yield [`${file}: ${name}`, text];
    }
  }
}

/** The entries of a ZIP archive, by its central directory (APPNOTE 4.3.12). */
function* archived(zip: Buffer): Generator<[string, string]> {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let entry = 0; entry < count; entry++) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((offset) =>
      zip.readUInt16LE(at + offset),
    ) as [number, number, number];
    const header = zip.readUInt32LE(at + 42);
    const name = zip.toString('utf8', at + 46, at + 46 + nameSize);
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const data = zip.subarray(start, start + size);
    yield [name, (method === 0 ? data : zlib.inflateRawSync(data)).toString('latin1')];
    at += 46 + nameSize + extraSize + commentSize;
  }
}
