/** Entry of a thread that looks at a module which programs leave out, as at any other. */
import { parentPort } from 'node:worker_threads';
import iconv from 'iconv-lite';

parentPort?.postMessage({
  encode: 'encode' in iconv,
  nothing: 'nothing' in iconv,
  listed: Object.keys(iconv).includes('decode'),
  own: typeof Object.getOwnPropertyDescriptor(iconv, 'decode')?.value,
});
