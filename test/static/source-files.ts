import fs from 'node:fs';
import path from 'node:path';

/** A file of the repository: its path from the root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** All files under the folders whose names end so; folders that do not exist have none. */
export function sourceFiles(root: string, folders: readonly string[], ending: RegExp): SourceFile[] {
  return folders
    .map((folder) => path.join(root, folder))
    .filter((folder) => fs.existsSync(folder))
    .flatMap((folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter(
      (entry) => entry.isFile() && ending.test(entry.name) && !entry.parentPath.includes('node_modules'),
    )
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({
      path: path.relative(root, file).split(path.sep).join('/'),
      text: fs.readFileSync(file, 'utf8'),
    }));
}

// A statement starts a line; `import(…)` and `new URL(…, import.meta.url)` stand anywhere.
const STATEMENT = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm;
const BARE = /^\s*import\s*['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;
const BY_URL = /\bnew URL\(\s*['"](\.{1,2}\/[^'"]+\.[jt]s)['"]\s*,\s*import\.meta\.url/g;
const TYPE_ONLY = /^\s*(?:import|export)\s+type\b/;

export interface Import {
  /** As written, or the path from the root when it is relative. */
  readonly target: string;
  /** Gone at run time. */
  readonly typeOnly: boolean;
}

/** What the file imports, types included. */
export function importsOf(file: SourceFile): Import[] {
  const text = file.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [STATEMENT, BARE, DYNAMIC, BY_URL]
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .map(([statement, target = '']) => ({
      target: resolveImport(file.path, target),
      typeOnly: TYPE_ONLY.test(statement),
    }));
}

/** The package's own names for its parts. */
const ALIASES: Record<string, string> = { '#engine': 'engine/index.ts' };

function resolveImport(from: string, target: string): string {
  if (target.startsWith('.')) return path.posix.join(path.posix.dirname(from), target);
  return ALIASES[target] ?? target;
}
