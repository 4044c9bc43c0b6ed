/** What has to be done before a task is replaced: it finds the rows of its predecessor at the target. */
export const CLEAR_THE_TARGET =
  'Before that, drop the tables at the target, or set options.conflict_mode = "ignore".';

/** What a create that ends with an error has for a consequence. */
export const UNTAINT =
  'The CLI marks the resource as tainted. To go on with this task, run "terraform untaint" or "tofu untaint" with the address of the resource, and apply again.';

const NEEDS_ROOM =
  'A replacement needs a target without rows: drop the tables there, or set options.conflict_mode = "ignore".';

/** The remedy for a task that can never run again. */
export const REPLACE_LOST = `Replace it with -replace to copy again, or set desired_status to "stopped". ${NEEDS_ROOM}`;

/** The remedy where another wish was planned for it: as long as that stands, no CLI plans anything of the task. */
export const REFUSED_WISH = `Set desired_status = "stopped". To copy again, apply that with -replace, and the other wish after it. ${NEEDS_ROOM} A destroy that begins with this plan wants -refresh=false.`;

/** The remedy where such a task was given other work. */
export const REPLACE_CHANGED = `Plan again: with this change another task is planned in its place, which copies again. ${NEEDS_ROOM}`;
