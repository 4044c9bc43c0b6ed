import type { DefinerFacts, DefinerRights } from '../../core/precheck.ts';
import { tableLabel } from '../../core/table.ts';
import { type Check, type Finding, warn } from '../check.ts';

/** What becomes of objects that act with the rights of another account: see createObject of the connectors. */
export const definerCheck: Check = {
  name: 'target.definers',
  title: 'Views, routines, triggers and events keep their definers',
  find: ({ source, target, task }) => {
    // Triggers and events are made at the completion of a migration only.
    const carried = source.definers.filter(
      ({ kind }) => task.kind === 'MIGRATION' || kind === 'view' || kind === 'routine',
    );
    const { own } = target.definers;
    const concerned = carried.filter(({ account }) => key(account) !== key(own));
    return concerned.length === 0 ? undefined : judge(concerned, target.definers);
  },
};

function judge(objects: readonly DefinerFacts[], rights: DefinerRights): Finding | undefined {
  const { existing } = rights;
  const exists = new Set(existing?.map(key));
  const guards = new Set(rights.guarded.map(key));
  const absent = existing === undefined ? [] : objects.filter(({ account }) => !exists.has(key(account)));
  const guarded = objects.filter(({ account }) => guards.has(key(account)));
  if (!rights.others) {
    const create =
      absent.length > 0 ? `, create ${accountsOf(absent)} there` : existing ? '' : checkThem(objects);
    const remedy = `GRANT ${rights.privilege} ON *.* to the user of the target endpoint${guard(guarded)}${create}; or accept it.`;
    return finding(
      'The user of the target endpoint may not name other accounts as definers',
      objects,
      remedy,
    );
  }
  if (existing === undefined) {
    const remedy = `Make sure that the target has ${accountsOf(objects)}, or GRANT SELECT ON mysql.user to the user of the target endpoint so that the check can look.`;
    const unseen = 'Whether these definers exist at the target cannot be seen';
    return rights.missing
      ? warn(`${unseen}: objects of one that does not fail when they are used.`, remedy, labels(objects))
      : finding(`${unseen}; where one does not`, objects, remedy);
  }
  if (absent.length > 0 && rights.missing) {
    return warn(
      `The target does not have the accounts ${accountsOf(absent)}: objects of which they are the definers keep them, and fail when they are used.`,
      `Create ${accountsOf(absent)} at the target.`,
      labels(absent),
    );
  }
  const refused = [...new Set([...absent, ...guarded])];
  if (refused.length === 0) return undefined;
  const steps = [
    ...(absent.length > 0 ? [`create ${accountsOf(absent)} at the target`] : []),
    ...(guarded.length > 0 ? ['GRANT SYSTEM_USER ON *.* to the user of the target endpoint'] : []),
  ].join(' and ');
  return finding(
    'The target does not take all accounts as definers',
    refused,
    `${capital(steps)}; or accept it.`,
  );
}

const finding = (cause: string, objects: readonly DefinerFacts[], remedy: string): Finding =>
  warn(
    `${cause}: views and routines act with the rights of their caller instead, triggers and events with those of the user of the target endpoint, whom they need as long as they live.`,
    remedy,
    labels(objects),
  );

const guard = (guarded: readonly DefinerFacts[]) =>
  guarded.length > 0 ? `, and SYSTEM_USER, which ${accountsOf(guarded)} have` : '';

const checkThem = (objects: readonly DefinerFacts[]) =>
  `, and make sure that the target has ${accountsOf(objects)}`;

const labels = (objects: readonly DefinerFacts[]) =>
  objects.map(({ kind, id, account }) => `${kind} ${tableLabel(id)} of ${account}`);

const accountsOf = (objects: readonly DefinerFacts[]) =>
  [...new Set(objects.map(({ account }) => account))].join(', ');

/** Hosts are the same in capitals and small letters. */
function key(account: string): string {
  const at = account.lastIndexOf('@');
  return at < 0 ? account : account.slice(0, at) + account.slice(at).toLowerCase();
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
