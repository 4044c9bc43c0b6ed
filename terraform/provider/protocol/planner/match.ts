/**
 * Gives each of `count` elements a partner of its own out of `partners`, for as many of them as possible: by augmenting paths
 * (Kuhn, 1955). Undefined for an element that is left without one.
 */
export function matchEach<T>(
  count: number,
  partners: readonly T[],
  fits: (element: number, partner: T) => boolean,
): readonly (T | undefined)[] {
  const elementOf = new Map<number, number>();
  const findFor = (element: number, tried: Set<number>): boolean => {
    for (const [index, partner] of partners.entries()) {
      if (tried.has(index) || !fits(element, partner)) continue;
      tried.add(index);
      const holder = elementOf.get(index);
      if (holder !== undefined && !findFor(holder, tried)) continue;
      elementOf.set(index, element);
      return true;
    }
    return false;
  };
  for (let element = 0; element < count; element++) findFor(element, new Set());
  const matched: (T | undefined)[] = new Array(count).fill(undefined);
  for (const [index, element] of elementOf) matched[element] = partners[index];
  return matched;
}
