import Pill from './pill/Pill.svelte';
import { start } from './start.ts';

void start(Pill);
