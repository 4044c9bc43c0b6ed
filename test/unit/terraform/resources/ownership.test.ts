import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ownership } from '../../../../terraform/provider/ownership.ts';

const nothing = async () => {};

describe('the law of ownership', () => {
  const step = fc.record({
    does: fc.constantFrom('hold' as const, 'adopt' as const, 'remove' as const),
    id: fc.constantFrom('a', 'b'),
  });

  test('an object is taken over once at most, only one that nothing is known of, and is not deleted then', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const ownership = new Ownership();
        const known = new Set<string>();
        const adopted = new Set<string>();
        for (const { does, id } of steps) {
          if (does === 'hold') ownership.hold(id);
          if (does === 'adopt') {
            expect(ownership.adopt(id)).toBe(!known.has(id));
            if (!known.has(id)) adopted.add(id);
          }
          if (does === 'remove') expect(await ownership.remove(id, nothing)).toBe(!adopted.has(id));
          known.add(id);
        }
      }),
    );
  });

  test('an object is not taken over while it is deleted, nor when that has failed', async () => {
    const ownership = new Ownership();
    const gone = Promise.withResolvers<void>();
    const removing = ownership.remove('a', () => gone.promise);
    expect([ownership.standing('a'), ownership.isRemoving]).toEqual(['leaving', true]);
    expect(ownership.adopt('a')).toBe(false);
    gone.reject(new Error('in use'));
    await expect(removing).rejects.toThrow('in use');
    expect([ownership.standing('a'), ownership.isRemoving]).toEqual(['deleted', false]);
    expect(ownership.adopt('a')).toBe(false);
  });

  test('what another address has taken over is not touched', async () => {
    const ownership = new Ownership();
    ownership.adopt('a');
    const touched: string[] = [];
    await ownership.remove('a', async () => {
      touched.push('a');
    });
    expect(touched).toEqual([]);
  });
});

describe('a name', () => {
  test('is kept by what stays under it, until that has another or none', () => {
    const ownership = new Ownership();
    const keepers = () => ['shop', 'store', 'depot'].map((name) => ownership.keeperOf(name)?.id);
    ownership.keepsName('a', { name: 'shop', why: 'abandoned' }, 'read');
    ownership.keepsName('b', { name: 'store', why: 'under way' }, 'read');
    expect(keepers()).toEqual(['a', 'b', undefined]);
    ownership.keepsName('a', { name: 'depot', why: 'abandoned' }, 'plan');
    ownership.keepsName('b', undefined, 'plan');
    ownership.keepsName('b', { name: 'store', why: 'under way' }, 'read');
    expect(keepers()).toEqual([undefined, undefined, 'a']);
  });
});

describe('turns', () => {
  test('of one name come one after the other, also when one fails; those of other names do not wait', async () => {
    const ownership = new Ownership();
    const first = Promise.withResolvers<void>();
    const told: string[] = [];
    const tell = (text: string) => async () => {
      told.push(text);
    };
    const waiting = [
      ownership.inTurn('shop', () => first.promise).catch((error: Error) => tell(error.message)()),
      ownership.inTurn('shop', tell('second')),
      ownership.inTurn('store', tell('other')),
    ];
    await waiting[2];
    expect(told).toEqual(['other']);
    first.reject(new Error('first'));
    await Promise.all(waiting);
    expect(told.slice(1).sort()).toEqual(['first', 'second']);
  });
});

describe('a plan', () => {
  test('that destroys and makes under one name looks like a rename, in either order, until that is done', async () => {
    for (const [one, other] of [
      ['create', 'destroy'],
      ['destroy', 'create'],
    ] as const) {
      const ownership = new Ownership();
      expect([ownership.plans(one, 'shop'), ownership.plans(one, 'shop')]).toEqual([false, false]);
      expect([ownership.plans(other, 'store'), ownership.plans(other, 'shop')]).toEqual([false, true]);
      await ownership.inTurn('shop', nothing);
      expect(ownership.plans(one, 'shop')).toBe(false);
    }
  });
});
