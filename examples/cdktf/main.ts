import { App } from 'cdktf';
import { MigrationStack } from './migration-stack.ts';
import { SyncStack } from './sync-stack.ts';

const app = new App();
new MigrationStack(app, 'migration', { release: process.env.RELEASE ?? '1' });
new SyncStack(app, 'sync');
app.synth();
