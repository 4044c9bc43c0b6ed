import { runProvider } from '../../../../terraform/provider/protocol/server/main.ts';

runProvider({
  name: 'shelf',
  load: async () => (await import('./shelf-provider.ts')).shelfProvider(),
  addresses: ['shelf.example/test/shelf'],
  args: process.argv.slice(2),
  env: process.env,
});
