import type { Random } from './random.ts';
import { accounts } from './tables.ts';
import { orNull, randomBytes, randomJson, randomMoment, randomText, randomWord } from './values.ts';

/** One step of a transaction: statements that belong together. */
export type Operation = (random: Random) => readonly string[];

const existing = (table: string, order = 'RAND()') =>
  `(SELECT id FROM (SELECT id FROM ${table} ORDER BY ${order} LIMIT 1) AS one)`;
const near = (random: Random, table: string) => {
  // By key, not by RAND(): a full scan for each row would make the source the bottleneck of every test.
  const low = random.below(3000);
  return `id >= ${low} ORDER BY id LIMIT ${random.between(1, 3)} /* ${table} */`;
};

const transfer: Operation = (random) => {
  const amount = random.between(1, 50);
  const move = (side: 'a' | 'b', delta: number) => {
    const id = random.between(1, accounts);
    return [
      `UPDATE account_${side} SET balance = balance + ${delta} WHERE id = ${id}`,
      `INSERT INTO transfer_log VALUES ('${side}', ${id}, ${delta})`,
    ];
  };
  return [...move(random.pick(['a', 'b']), -amount), ...move(random.pick(['a', 'b']), amount)];
};

const itemRow = (random: Random) =>
  `(${orNull(random, randomText(random, 20))}, ${random.below(1e6) / 1000}, ${random.pick(['0.1', '-0.0e0', '1e300', '5e-324', '3.14'])},
    ${orNull(random, randomJson(random))}, ${orNull(random, randomBytes(random, 60))}, ${random.between(0, 3)}, ${orNull(random, randomMoment(random))})`;

const items: readonly Operation[] = [
  (random) => [
    `INSERT INTO item (name, price, weight, doc, data, kind, changed) VALUES ${Array.from({ length: random.between(1, 8) }, () => itemRow(random)).join(', ')}`,
  ],
  (random) => [
    `UPDATE item SET name = ${randomText(random, 20)}, changed = ${randomMoment(random)} WHERE ${near(random, 'item')}`,
  ],
  (random) => [
    `UPDATE item SET data = ${randomBytes(random, 300)}, doc = ${randomJson(random)} WHERE ${near(random, 'item')}`,
  ],
  (random) => [`UPDATE item SET price = price + 0.001 WHERE kind = ${random.between(1, 3)} LIMIT 5`],
  (random) => [`DELETE FROM item WHERE ${near(random, 'item')}`],
  // Keys move upwards, out of the way of auto_increment.
  (random) => [
    `UPDATE item SET id = id + 10000000 WHERE id < 10000000 AND ${near(random, 'item').replace(/LIMIT \d+/, 'LIMIT 1')}`,
  ],
];

const lines: readonly Operation[] = [
  (random) => [
    `INSERT IGNORE INTO line VALUES (${random.below(50)}, '${randomWord(random, 2)}', '2026-01-01 00:00:00.00${random.below(3)}', ${random.below(100)}, ${randomText(random, 40)})`,
  ],
  (random) => [`UPDATE line SET amount = amount + 1 WHERE b LIKE '${randomWord(random, 1)}%' LIMIT 3`],
  (random) => [
    `UPDATE IGNORE line SET b = '${randomWord(random, 2)}', a = ${random.below(50)} WHERE a = ${random.below(50)} LIMIT 1`,
  ],
  (random) => [`DELETE FROM line WHERE a = ${random.below(50)} LIMIT 2`],
  (random) => [
    `REPLACE INTO line VALUES (${random.below(50)}, '${randomWord(random, 1)}', '2026-01-01', ${random.below(100)}, ${randomText(random, 40)})`,
  ],
];

const names: readonly Operation[] = [
  (random) => [
    `INSERT IGNORE INTO named VALUES (${randomText(random, 3)}, ${random.below(9)}, 0.${random.below(99)})`,
  ],
  (random) => [
    `INSERT INTO named VALUES ('${randomWord(random, 1)}', 0, 0.1) ON DUPLICATE KEY UPDATE n = n + 1, f = f + 0.1`,
  ],
  (random) => {
    const word = randomWord(random, 1);
    return [
      `UPDATE named SET name = '${random.chance(0.5) ? word.toUpperCase() : `${word} `}' WHERE name = '${word}'`,
    ];
  },
  (random) => [`DELETE FROM named WHERE name = '${randomWord(random, 1)}'`],
];

const keyless: readonly Operation[] = [
  (random) => {
    const row = `(${random.below(4)}, ${orNull(random, "'same'")}, ${random.pick(['0.1', '-0.0e0', 'NULL'])})`;
    return [
      `INSERT INTO keyless VALUES ${Array.from({ length: random.between(1, 3) }, () => row).join(', ')}`,
    ];
  },
  (random) => [`UPDATE keyless SET a = a + 1 WHERE a = ${random.below(4)} LIMIT ${random.between(1, 2)}`],
  (random) => [
    `UPDATE keyless SET b = ${orNull(random, randomText(random, 5))} WHERE a = ${random.below(6)} LIMIT 1`,
  ],
  (random) => [
    `DELETE FROM keyless WHERE a ${random.pick(['>', '='])} ${random.below(6)} LIMIT ${random.between(1, 4)}`,
  ],
];

const swaps: readonly Operation[] = [
  (random) => {
    const [one, two] = [random.between(1, 20), random.between(21, 40)];
    return [
      `SELECT @one := u FROM swapped WHERE id = ${one} FOR UPDATE`,
      `SELECT @two := u FROM swapped WHERE id = ${two} FOR UPDATE`,
      `UPDATE swapped SET u = -@one WHERE id = ${one}`,
      `UPDATE swapped SET u = @one WHERE id = ${two}`,
      `UPDATE swapped SET u = @two WHERE id = ${one}`,
    ];
  },
  () => ['UPDATE swapped SET u = u + 1 ORDER BY u DESC LIMIT 10'],
  (random) => {
    const id = random.between(1, 40);
    return [
      `UPDATE swapped SET n = NULL WHERE n = ${id}`,
      `UPDATE swapped SET n = ${id} WHERE id = ${random.between(1, 40)}`,
    ];
  },
  (random) => {
    const id = random.between(1, 40);
    return [
      `SELECT @u := u FROM swapped WHERE id = ${id}`,
      `DELETE FROM swapped WHERE id = ${id}`,
      `INSERT INTO swapped VALUES (${id}, IFNULL(@u, -${id}), NULL)`,
    ];
  },
];

const families: readonly Operation[] = [
  (random) => [
    `INSERT INTO parent (name) VALUES ('${randomWord(random)}')`,
    'SET @parent = LAST_INSERT_ID()',
    'INSERT INTO child (parent, n) VALUES (@parent, 1), (@parent, 2), (NULL, 3)',
    'INSERT INTO grandchild (child) VALUES (LAST_INSERT_ID()), (LAST_INSERT_ID() + 1)',
  ],
  () => [`DELETE FROM parent WHERE id = ${existing('parent', 'id')}`],
  () => [`UPDATE parent SET id = id + 1000000 WHERE id < 1000000 ORDER BY id LIMIT 1`],
  () => [`DELETE FROM child WHERE id = ${existing('child', 'id DESC')}`],
  () => [
    `INSERT INTO tree (up) VALUES (NULL)`,
    'INSERT INTO tree (up) SELECT LAST_INSERT_ID()',
    'INSERT INTO tree (up) SELECT LAST_INSERT_ID()',
  ],
  () => [`DELETE FROM tree WHERE id = ${existing('tree', 'id')}`],
];

const bulk: readonly Operation[] = [
  (random) => [
    `INSERT INTO bulk (data, text) VALUES (REPEAT(${randomBytes(random, 20)}, ${random.below(20_000)}), REPEAT('é漢 ', ${random.below(10_000)}))`,
  ],
  (random) => [`UPDATE bulk SET text = CONCAT('x', text) WHERE ${near(random, 'bulk')}`],
  (random) => [`DELETE FROM bulk WHERE id % 7 = ${random.below(7)} ORDER BY id LIMIT 3`],
  (random) => [
    `INSERT INTO item (name, price) SELECT CONCAT('from ', id), id FROM item ORDER BY id DESC LIMIT ${random.between(10, 60)}`,
  ],
];

const weighted: readonly (readonly [number, readonly Operation[]])[] = [
  [30, [transfer]],
  [25, items],
  [12, lines],
  [8, names],
  [10, keyless],
  [6, swaps],
  [6, families],
  [2, bulk],
];

export function randomOperation(random: Random): Operation {
  let ticket = random.below(weighted.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, operations] of weighted) {
    if (ticket < weight) return random.pick(operations);
    ticket -= weight;
  }
  return transfer;
}
