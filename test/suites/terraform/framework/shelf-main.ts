import { runProvider } from '../../../../terraform/provider/protocol/server/main.ts';
import { shelfProvider } from './shelf-provider.ts';

runProvider({
  provider: shelfProvider(),
  addresses: ['shelf.example/test/shelf'],
  args: process.argv.slice(2),
  env: process.env,
});
