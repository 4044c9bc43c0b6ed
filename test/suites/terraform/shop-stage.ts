import type { Stage } from '../../product/stage.ts';
import type { MysqlServer } from '../../servers/mysql.ts';

/** Makes a database of a shop at the source, and what tests put into it. */
export async function createShop(stage: Stage, name = 'shop'): Promise<void> {
  await stage.createDatabase(name);
  await stage.run(name, [
    'CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL)',
    'CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, customer INT NOT NULL, total DECIMAL(10, 2) NOT NULL)',
    'CREATE TABLE sessions (id INT PRIMARY KEY)',
    "INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bob')",
    'INSERT INTO orders (customer, total) VALUES (1, 9.99), (2, 0.10), (2, 12345678.90)',
    'INSERT INTO sessions VALUES (1)',
  ]);
}

/** Makes the user of the tests at both servers. */
export async function createAccounts({ source, target }: Stage): Promise<void> {
  for (const server of [source, target]) await createAccount(server);
}

/** The user whose password the tests look for where it must not be. */
export const account = { username: 'mover', password: 'a-secret-of-the-tests' } as const;

async function createAccount(server: MysqlServer): Promise<void> {
  await server.query(`CREATE USER '${account.username}'@'127.0.0.1' IDENTIFIED BY '${account.password}'`);
  await server.query(`GRANT ALL ON *.* TO '${account.username}'@'127.0.0.1' WITH GRANT OPTION`);
}

/** What the configurations of tests and examples ask for: the service and the two servers. */
export function variablesOf({ service, source, target }: Stage): Record<string, string> {
  return {
    service_url: service.url,
    service_token: service.token,
    ...serverVariables('source', source),
    ...serverVariables('target', target),
  };
}

function serverVariables(role: string, { host, port }: MysqlServer): Record<string, string> {
  return {
    [`${role}_host`]: host,
    [`${role}_port`]: String(port),
    [`${role}_username`]: account.username,
    [`${role}_password`]: account.password,
  };
}

/** The beginning of every configuration of these tests. */
export const providerBlock = `
terraform {
  required_providers {
    opendts = {
      source = "opendts/opendts"
    }
  }
}

variable "service_url" { type = string }
variable "service_token" {
  type      = string
  sensitive = true
}

provider "opendts" {
  endpoint = var.service_url
  token    = var.service_token
}
`;

/** The provider and an endpoint for each server. */
export const endpoints = `${providerBlock}${['source', 'target'].map(endpoint).join('')}`;

function endpoint(role: string): string {
  return `
variable "${role}_host" { type = string }
variable "${role}_port" { type = number }
variable "${role}_username" { type = string }
variable "${role}_password" {
  type      = string
  ephemeral = true
}

resource "opendts_endpoint" "${role}" {
  name        = "shop ${role}"
  engine      = "mysql"
  host        = var.${role}_host
  port        = var.${role}_port
  username    = var.${role}_username
  password_wo = var.${role}_password
}
`;
}
