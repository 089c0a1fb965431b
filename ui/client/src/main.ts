import Main from './Main.svelte';
import { start } from './start.ts';

void start(Main);
