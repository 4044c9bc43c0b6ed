/** The oldest node that providers run on. */
export const NEEDED_NODE = 24;

/** The environment variable that names the node, before all else. */
export const NODE_VARIABLE = 'OPENDTS_NODE';

/** What helps where there is none of it. */
export const NODE_REMEDY = `Set ${NODE_VARIABLE} to the path of one, or put it first on PATH.`;
