import fs from 'node:fs';
import path from 'node:path';
import { archive } from './archive.ts';
import { programFiles } from './program-files.ts';
import type { Release } from './release.ts';

/** Where a CLI looks for the release of a host in a mirror on disk. */
function folderOf(mirror: string, host: string, { namespace, type }: Release): string {
  return path.join(mirror, host, namespace, type);
}

/** Writes the program as a CLI starts it, for one platform and each host. Returns the folders that hold it. */
export function writeUnpacked(options: {
  readonly mirror: string;
  readonly release: Release;
  readonly program: Uint8Array;
  readonly platform: string;
}): string[] {
  const { mirror, release, program, platform } = options;
  return release.hosts.map((host) => {
    const folder = path.join(folderOf(mirror, host, release), release.version, platform);
    fs.mkdirSync(folder, { recursive: true });
    for (const { name, content, mode } of programFiles(release, program)) {
      const file = path.join(folder, name);
      // A running provider keeps the file that it was started from.
      fs.rmSync(file, { force: true });
      fs.writeFileSync(file, content, { mode });
    }
    return folder;
  });
}

/** Writes an archive for each platform and host. Returns the files. */
export function writePacked(options: {
  readonly mirror: string;
  readonly release: Release;
  readonly program: Uint8Array;
  readonly platforms: readonly string[];
}): string[] {
  const { mirror, release, program, platforms } = options;
  const packed = archive(programFiles(release, program));
  return release.hosts.flatMap((host) => {
    const folder = folderOf(mirror, host, release);
    fs.mkdirSync(folder, { recursive: true });
    return platforms.map((platform) => {
      const file = path.join(folder, `terraform-provider-${release.type}_${release.version}_${platform}.zip`);
      fs.writeFileSync(file, packed);
      return file;
    });
  });
}
