import { GtidSet } from './gtid-set.ts';

/**
 * The set that `@@global.gtid_owned` tells: `uuid:7#12:8#13`, the owning thread after each number. Nothing separates one source from the
 * next (`uuid:7#12uuid:tag:1#13`): a thread ends where the text goes on with a whole UUID, whose first digits may be decimal too.
 */
export function parseOwnedGtids(text: string): GtidSet {
  return GtidSet.parse(text.replace(threadBeforeSource, ',').replace(/#\d+/g, ''));
}

const threadBeforeSource = /#\d+?(?=[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:)/gi;
